"""Forms about children: they validate what was typed and save nothing."""

from cse.children.forms.child import ChildForm, EditChildForm, NewChildForm
from cse.children.forms.search import SearchForm
from cse.children.forms.status import EndForm, LegalStatusForm, MistakeForm
from cse.children.forms.team import TeamMemberForm

__all__ = [
    "ChildForm",
    "EditChildForm",
    "EndForm",
    "LegalStatusForm",
    "MistakeForm",
    "NewChildForm",
    "SearchForm",
    "TeamMemberForm",
]
