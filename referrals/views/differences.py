"""Pages of the table of age differences: administrators only; they show no child."""

from functools import partial

from django.http import Http404
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_safe

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.people.edits import edit
from cse.people.models import Authority
from cse.people.policies import managed_authorities
from referrals.actions import change_age_differences
from referrals.forms.differences import AgeDifferencesForm
from referrals.queries.differences import FIELDS, row_of, tables_of


@requires(Capability.MANAGE_ACCOUNTS)
@require_safe
def differences(request):
    """From which difference in age a referral is always needed, for each area administered."""
    tables = tables_of(managed_authorities(request.user))
    return render(request, "referrals/differences.html", {"tables": tables})


@requires(Capability.MANAGE_ACCOUNTS)
@require_http_methods(["GET", "HEAD", "POST"])
def change(request, authority_id):
    """Change an area's table; what was worked out before stays as it is."""
    areas = Authority.objects.filter(pk__in=managed_authorities(request.user))
    area = areas.filter(pk=authority_id).first()
    if area is None:
        raise Http404
    return edit(
        request,
        instance=row_of(area),
        fields=FIELDS,
        form_class=AgeDifferencesForm,
        save=partial(change_age_differences, area=area, by=request.user),
        title=f"Age differences in {area.name}",
        back=reverse("referrals:age-differences"),
        saved=lambda: "Saved. It holds from now on; no earlier outcome is changed.",
    )
