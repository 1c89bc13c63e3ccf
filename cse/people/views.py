"""Pages of account administration and the directory of leads. None of them shows a child."""

from functools import partial

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import Http404
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from cse.access.capabilities import Capability
from cse.access.decorators import requires
from cse.access.policies import NotAllowed
from cse.audit.extra import note_extra_fields
from cse.people import actions, forms, queries
from cse.people.edits import edit, say
from cse.people.models import Agency, Authority, ContactPoint, Team
from cse.people.policies import can_manage, managed_authorities
from cse.people.saving import Taken
from cse.signin.reauth import reauthenticated

SEARCH_KEY = "people_search"
form_view = require_http_methods(["GET", "HEAD", "POST"])
administrators = requires(Capability.MANAGE_ACCOUNTS)


# -- The directory of leads, for everybody ------------------------------------------------------


@require_GET
@requires(Capability.SEE_DIRECTORY)
def leads(request):
    """The named lead of each agency, with the days the post holds (O-SHR-35)."""
    authorities = list(Authority.objects.values_list("key", "name"))
    form = forms.DirectoryForm(request.GET or None, authorities=authorities)
    wanted = form.cleaned_data if form.is_bound and form.is_valid() else {}
    entries = queries.directory(timezone.localdate(), **wanted)
    context = {
        "form": form,
        "entries": entries,
        "filtered": any(wanted.values()),
        "today_is": timezone.localdate(),
        "may_manage": can_manage(request.user),
    }
    return render(request, "people/leads.html", context)


# -- People -------------------------------------------------------------------------------------


@form_view
@administrators
def users(request):
    """Accounts; the words searched for stay in the session, never in the address."""
    if request.method == "POST":
        form = forms.SearchForm(request.POST)
        note_extra_fields(request, form)
        request.session[SEARCH_KEY] = form.cleaned_data["search"] if form.is_valid() else ""
        return redirect("people:users")
    search = request.session.get(SEARCH_KEY, "")
    found = queries.people(managed_authorities(request.user), search)
    page = Paginator(found, queries.PAGE).get_page(request.GET.get("page"))
    page.object_list = queries.with_posts(page.object_list, timezone.localdate())
    form = forms.SearchForm(initial={"search": search})
    return render(request, "people/users.html", {"page": page, "form": form, "search": search})


@form_view
@administrators
@reauthenticated
def add(request):
    """A new account with its first post; the link to set a password goes out by e-mail."""
    teams = queries.teams_in(managed_authorities(request.user))
    form = forms.NewPersonForm(request.POST or None, teams=teams)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        post = {name: values[name] for name in ("team", "role", "starts_on", "ends_on")}
        try:
            person = actions.add_person(by=request.user, values=values, **post)
        except (Taken, NotAllowed) as error:
            say(form, error if isinstance(error, Taken) else str(error))
        else:
            messages.success(request, "The account is made and the link to set a password is sent.")
            return redirect("people:user", person.pk)
    return render(request, "people/add.html", {"form": form})


@require_GET
@administrators
def user(request, user_id):
    """One account: who it is, its posts, and what can be done."""
    person = _person(request, user_id)
    context = {
        "person": person,
        "posts": queries.posts_of(person),
        "managed": managed_authorities(request.user),
        "own": person.pk == request.user.pk,
        "factors": queries.second_factors_of(person),
        "waiting": queries.waiting_changes_of(person),
        "today_is": timezone.localdate(),
    }
    return render(request, "people/user.html", context)


@form_view
@administrators
@reauthenticated
def edit_user(request, user_id):
    """Name, address, job title, telephone; another address may wait for a second person."""
    person = _person(request, user_id)

    def saved():
        waits = queries.waiting_changes_of(person)
        return "Saved. What waits for a second person is below." if waits else "Saved."

    return edit(
        request,
        instance=person,
        fields=actions.PERSON,
        form_class=forms.PersonForm,
        save=partial(actions.edit_person, by=request.user, person=person),
        title=f"Change {person.get_full_name()}",
        back=_address("people:user", person.pk),
        saved=saved,
    )


@require_POST
@administrators
def invite(request, user_id):
    """Send the link to set a password again."""
    person = _person(request, user_id)
    note_extra_fields(request, None)
    actions.invite(by=request.user, person=person)
    messages.success(request, "The link to set a password is sent.")
    return redirect("people:user", person.pk)


def _with_reason(request, user_id, *, act, title, text, button, done, empties=False):
    """``empties``: say which teams nobody is left in afterwards."""
    person = _person(request, user_id)
    form = forms.ReasonForm(request.POST or None)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            act(by=request.user, person=person, reason=form.cleaned_data["reason"])
        except NotAllowed as error:
            if person.pk == request.user.pk:
                raise
            say(form, str(error))
        else:
            messages.success(request, done)
            return redirect("people:user", person.pk)
    context = {"form": form, "person": person, "title": title, "text": text, "button": button}
    context["empty"] = queries.teams_left_empty(person) if empties else []
    return render(request, "people/reason.html", context)


@form_view
@administrators
@reauthenticated
def close(request, user_id):
    """Close an account; its sessions end."""
    return _with_reason(
        request,
        user_id,
        act=actions.close_account,
        title="Close this account?",
        text="They are signed out at once and cannot sign in any more. What they recorded stays.",
        button="Close the account",
        done="The account is closed and its sessions have ended.",
        empties=True,
    )


@form_view
@administrators
@reauthenticated
def reopen(request, user_id):
    """Open a closed account again."""
    return _with_reason(
        request,
        user_id,
        act=actions.open_account,
        title="Open this account again?",
        text="They can sign in again. Posts that have not ended hold again at once: check them.",
        button="Open the account",
        done="The account is open.",
    )


@form_view
@administrators
@reauthenticated
def remove_factor(request, user_id):
    """For a lost phone or key."""
    return _with_reason(
        request,
        user_id,
        act=actions.remove_second_factor,
        title="Take the second factor away?",
        text="Do this only when you have made sure, by a call or face to face, that it is really"
        " them who lost it. A second person has to agree: another administrator, or a safeguarding"
        " lead or senior manager of their agency. Then they are signed out, and set up a new one"
        " when they sign in.",
        button="Ask for it",
        done="It is asked for. It holds once a second person has agreed.",
    )


# -- Posts --------------------------------------------------------------------------------------


@form_view
@administrators
@reauthenticated
def give_post(request, user_id):
    """A role in a team, from one day on. Nobody gives it to themselves."""
    person = _person(request, user_id)
    form = forms.PostForm(
        request.POST or None, teams=queries.teams_in(managed_authorities(request.user))
    )
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.give_post(by=request.user, person=person, **form.cleaned_data)
        except NotAllowed as error:
            if person.pk == request.user.pk:
                raise
            say(form, str(error))
        else:
            messages.success(request, "The post is given.")
            return redirect("people:user", person.pk)
    context = {"form": form, "person": person, "own": person.pk == request.user.pk}
    return render(request, "people/give_post.html", context)


@form_view
@administrators
@reauthenticated
def end_post(request, post_id):
    """The last day of a post."""
    post = queries.post_in(managed_authorities(request.user), post_id)
    if post is None:
        raise Http404
    form = forms.EndPostForm(request.POST or None)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.end_post(by=request.user, post=post, **form.cleaned_data)
        except NotAllowed as error:
            if post.user_id == request.user.pk:
                raise
            say(form, str(error))
        else:
            messages.success(request, "The last day of the post is set.")
            return redirect("people:user", post.user_id)
    empty = [each for each in queries.teams_left_empty(post.user) if each.pk == post.team_id]
    return render(request, "people/end_post.html", {"form": form, "post": post, "empty": empty})


# -- Areas, agencies, teams, contact points -----------------------------------------------------


@require_GET
@administrators
def agencies(request):
    """Agencies with their teams, and whether they signed the protocol (O-SHR-47)."""
    found = queries.agencies_in(managed_authorities(request.user))
    context = {"agencies": found, "today_is": timezone.localdate()}
    return render(request, "people/agencies.html", context)


@form_view
@administrators
def add_agency(request):
    """A new agency."""
    authorities = queries.authorities_in(managed_authorities(request.user))
    form = forms.NewAgencyForm(request.POST or None, authorities=authorities)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.add_agency(by=request.user, authority=values["authority"], values=values)
        except Taken as error:
            say(form, error)
        else:
            messages.success(request, "The agency is added.")
            return redirect("people:agencies")
    return _form_page(request, form, "Add an agency", "Add the agency")


@form_view
@administrators
def edit_agency(request, agency_id):
    """Name, kind, dates, protocol."""
    agency = _one(Agency, agency_id, managed_authorities(request.user), "authority")
    return edit(
        request,
        instance=agency,
        fields=actions.AGENCY,
        form_class=forms.AgencyForm,
        save=partial(actions.edit_agency, by=request.user, agency=agency),
        title=f"Change {agency.name}",
        back=_address("people:agencies"),
    )


@form_view
@administrators
def add_team(request, agency_id):
    """A new team of an agency."""
    agency = _one(Agency, agency_id, managed_authorities(request.user), "authority")
    form = forms.TeamForm(request.POST or None)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        try:
            actions.add_team(by=request.user, agency=agency, values=form.cleaned_data)
        except Taken as error:
            say(form, error)
        else:
            messages.success(request, "The team is added.")
            return redirect("people:agencies")
    return _form_page(request, form, f"Add a team to {agency.name}", "Add the team")


@form_view
@administrators
def edit_team(request, team_id):
    """A team's name and what it is for."""
    team = _one(Team, team_id, managed_authorities(request.user), "agency__authority")
    return edit(
        request,
        instance=team,
        fields=actions.TEAM,
        form_class=forms.TeamForm,
        save=partial(actions.edit_team, by=request.user, team=team),
        title=f"Change {team.name}",
        back=_address("people:agencies"),
    )


@require_GET
@administrators
def contacts(request):
    """How front doors and teams are reached; placeholders say so (DEC-51)."""
    managed = managed_authorities(request.user)
    context = {
        "points": queries.contact_points_in(managed),
        "authorities": queries.authorities_in(managed),
    }
    return render(request, "people/contacts.html", context)


@form_view
@administrators
@reauthenticated
def edit_area(request, authority_id):
    """What the area calls its teams, its marking, and what to do in an emergency (DEC-26)."""
    authority = _one(Authority, authority_id, managed_authorities(request.user), "pk")
    return edit(
        request,
        instance=authority,
        fields=actions.AREA,
        form_class=forms.AreaForm,
        save=partial(actions.edit_area, by=request.user, authority=authority),
        title=f"Change {authority.name}",
        back=_address("people:contacts"),
    )


@form_view
@administrators
def add_contact(request, authority_id):
    """A new way to reach a front door or team."""
    authority = _one(Authority, authority_id, managed_authorities(request.user), "pk")
    form = forms.ContactForm(request.POST or None)
    note_extra_fields(request, form)
    if request.method == "POST" and form.is_valid():
        values = form.cleaned_data
        try:
            actions.add_contact_point(by=request.user, authority=authority, values=values)
        except Taken as error:
            say(form, error)
        else:
            messages.success(request, "The contact point is added.")
            return redirect("people:contacts")
    title = f"Add a contact point to {authority.name}"
    return _form_page(request, form, title, "Add it", back="people:contacts")


@form_view
@administrators
def edit_contact(request, point_id):
    """What a contact point says."""
    point = _one(ContactPoint, point_id, managed_authorities(request.user), "authority")
    return edit(
        request,
        instance=point,
        fields=actions.CONTACT,
        form_class=forms.ContactForm,
        save=partial(actions.edit_contact_point, by=request.user, point=point),
        title=f"Change {point.label}",
        back=_address("people:contacts"),
    )


def _person(request, user_id):
    """An account this administrator manages, or 404."""
    found = queries.people(managed_authorities(request.user)).filter(pk=user_id).first()
    if found is None:
        raise Http404
    return found


def _one(model, pk, authorities, path):
    """A record of a managed authority, or 404."""
    found = model.objects.filter(pk=pk, **{f"{path}__in": list(authorities)}).first()
    if found is None:
        raise Http404
    return found


def _form_page(request, form, title, button, back="people:agencies"):
    context = {"form": form, "title": title, "button": button, "back": _address(back)}
    return render(request, "people/form.html", context)


def _address(name, *args):
    return reverse(name, args=args)
