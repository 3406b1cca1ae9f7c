"""Records that may be of one person: who is suggested and why, who is not, and what is remembered."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from core.models import AuditEntry
from courses.participants import services
from courses.participants.doubles import COMMON, Known, pairs
from courses.participants.matching import Reason, Verdict, ends_of, key_of
from courses.participants.models import Participant, ToldApart
from institutions.models import Role
from institutions.services import grant_role
from tests.factories import ParticipantFactory, UserFactory

PAGE = "/en/people/doubles/"


def known(pk, name, *, latin="", email="", country="", organisation=""):
    names = tuple(one for one in (name, latin) if one)
    keys = {form(one) for one in names for form in (key_of, ends_of)} - {""}
    return Known(pk, names, frozenset(keys), frozenset({email} - {""}), country, organisation)


def found(*records):
    return {(pair.one, pair.other): pair for pair in pairs(records)}


class TestThePureRule:
    @pytest.mark.parametrize(
        ("one", "other", "verdict"),
        [
            (known(1, "Amina Diallo", email="a@x.org"), known(2, "Diallo Amina", email="a@x.org"), Verdict.SURE),
            (known(1, "Amina Diallo"), known(2, "DIALLO, Amina"), Verdict.UNSURE),
            (
                known(1, "Amina Wanjiku Diallo", country="KE"),
                known(2, "Amina Diallo", country="KE"),
                Verdict.UNSURE,
            ),
            (known(1, "张伟", latin="Wei Zhang"), known(2, "Zhang Wei"), Verdict.UNSURE),
            (known(1, "欧阳雪梅"), known(2, "欧阳雪梅"), Verdict.UNSURE),
            (known(1, "أحمد علي"), known(2, "احمد علي"), Verdict.UNSURE),
            (known(1, "ليلى العمري", email="l@x.org"), known(2, "Layla Alamri", email="l@x.org"), Verdict.UNSURE),
        ],
    )
    def test_is_suggested(self, one, other, verdict):
        assert found(one, other)[1, 2].verdict == verdict

    @pytest.mark.parametrize(
        ("one", "other"),
        [
            (known(1, "Amina Diallo", email="office@x.org"), known(2, "Kofi Mensah", email="office@x.org")),
            (known(1, "Amina Diallo", country="KE"), known(2, "Amina Diallo", country="SN")),
            (known(1, "Amina"), known(2, "Amina")),
            (known(1, "Amina Diallo"), known(2, "Amina Keita")),
        ],
    )
    def test_is_not_suggested(self, one, other):
        assert found(one, other) == {}

    def test_why_is_told(self):
        pair = found(known(1, "Amina Diallo", email="a@x.org"), known(2, "Amina Diallo", email="a@x.org"))[1, 2]
        assert pair.reasons == (Reason.SAME_EMAIL, Reason.SAME_NAME)

    def test_the_likeliest_come_first(self):
        rows = [
            known(1, "Amina Diallo"),
            known(2, "Amina Diallo"),
            known(3, "Kofi Mensah", email="k@x.org"),
            known(4, "Kofi Mensah", email="k@x.org"),
        ]
        assert [(pair.one, pair.other) for pair in pairs(rows)] == [(3, 4), (1, 2)]

    def test_a_name_that_many_share_says_nothing_unless_more_is_shared(self):
        crowd = [known(pk, "Maria Garcia") for pk in range(1, COMMON + 10)]
        alike = [
            known(pk, "Maria Garcia", country="MX", organisation="Customs", email=f"m{pk}@x.org") for pk in (101, 102)
        ]
        assert set(found(*crowd, *alike)) == {(101, 102)}

    def test_an_offices_address_that_many_share_is_no_reason_by_itself(self):
        crowd = [known(pk, f"Person{pk} Name{pk}", email="office@x.org") for pk in range(1, 60)]
        twice = known(100, "Person7 Name7", email="office@x.org")
        assert set(found(*crowd, twice)) == {(7, 100)}

    records = st.lists(
        st.builds(
            known,
            st.integers(1, 30),
            st.sampled_from(["Amina Diallo", "A. Diallo", "Diallo Amina W.", "Kofi Mensah", "", "علي احمد", "张伟"]),
            latin=st.sampled_from(["", "Wei Zhang", "Amina Diallo"]),
            email=st.sampled_from(["", "a@x.org", "b@x.org"]),
            country=st.sampled_from(["", "KE", "SN"]),
            organisation=st.sampled_from(["", "Customs", "Ministry"]),
        ),
        unique_by=lambda record: record.pk,
        max_size=30,
    )

    @given(records, st.randoms())
    def test_the_order_of_the_records_does_not_matter(self, records, random):
        mixed = list(records)
        random.shuffle(mixed)
        assert pairs(mixed) == pairs(records)

    @given(records)
    def test_every_pair_is_of_two_records_named_once_in_order(self, records):
        result = [(pair.one, pair.other) for pair in pairs(records)]
        assert len(result) == len(set(result))
        assert all(one < other for one, other in result)


@pytest.fixture
def boss(db):
    user = UserFactory(email="boss@example.org")
    grant_role(actor=None, user=user, role=Role.ORGANISER)
    return user


@pytest.fixture
def twins(db):
    return [ParticipantFactory(name="Amina Diallo", email="amina@example.org") for _each in range(2)]


@pytest.mark.django_db
class TestWhoIsSuggested:
    def seen(self, user):
        return {(pair.one, pair.other) for pair in services.suggested_doubles(actor=user)}

    def test_two_records_that_look_alike(self, boss, twins):
        assert self.seen(boss) == {(twins[0].pk, twins[1].pk)}

    def test_the_address_of_an_account_counts_too(self, boss):
        one = ParticipantFactory(name="Amina Diallo", user=UserFactory(email="Amina@example.org"))
        other = ParticipantFactory(name="Diallo Amina", email="amina@example.org")
        (pair,) = services.suggested_doubles(actor=boss)
        assert (pair.one, pair.other, pair.verdict) == (one.pk, other.pk, Verdict.SURE)

    def test_a_name_that_is_the_latin_name_of_the_other(self, boss):
        one = ParticipantFactory(name="ليلى العمري", name_latin="Layla Alamri", country_id="MA")
        ParticipantFactory.create_batch(5)
        other = ParticipantFactory(name="Alamri Layla", country_id="MA")
        (pair,) = services.suggested_doubles(actor=boss)
        assert (pair.one, pair.other) == (one.pk, other.pk)

    def test_nobody_merged_or_erased(self, boss, twins):
        from django.utils import timezone

        Participant.objects.filter(pk=twins[0].pk).update(erased_at=timezone.now())
        assert self.seen(boss) == set()
        Participant.objects.filter(pk=twins[0].pk).update(erased_at=None, merged_into=ParticipantFactory())
        assert self.seen(boss) == set()

    def test_nobody_decides_about_their_own_record(self, boss):
        mine = ParticipantFactory(name="Amina Diallo", user=boss)
        other = ParticipantFactory(name="Amina Diallo")
        assert self.seen(boss) == set()
        with pytest.raises(services.NotYourRecord):
            services.tell_apart(actor=boss, one=mine, other=other)

    @pytest.mark.parametrize("who", ["learner", "trainer", "organiser", "focal_point", "editor"])
    def test_others_tell_nobody_apart(self, cast, twins, who):
        with pytest.raises(services.NotYourRecord):
            services.tell_apart(actor=getattr(cast, who), one=twins[0], other=twins[1])


@pytest.mark.django_db
class TestToldApart:
    def test_is_remembered_and_not_suggested_again(self, boss, twins):
        services.tell_apart(actor=boss, one=twins[1], other=twins[0])
        services.tell_apart(actor=boss, one=twins[0], other=twins[1])
        assert ToldApart.objects.get().by == boss
        assert services.suggested_doubles(actor=boss) == []
        assert AuditEntry.objects.filter(action="participants.tell_apart", actor=boss).count() == 1

    def test_can_be_taken_back(self, boss, twins):
        services.suggest_again(actor=boss, pair=services.tell_apart(actor=boss, one=twins[0], other=twins[1]))
        assert len(services.suggested_doubles(actor=boss)) == 1
        assert AuditEntry.objects.filter(action="participants.suggest_again").exists()

    def test_stays_with_both_records_through_a_merge_and_its_undoing(self, boss, twins):
        from courses.participants.models import Merge

        services.tell_apart(actor=boss, one=twins[0], other=twins[1])
        services.merge_participants(actor=boss, source=twins[0], into=ParticipantFactory(name="Amina D."))
        services.undo_merge(actor=boss, merge=Merge.objects.get())
        assert ToldApart.objects.present().count() == 1

    def test_goes_when_one_of_them_is_erased(self, boss, twins):
        from core.personal import Person
        from courses.privacy.erasing import erase_person

        services.tell_apart(actor=boss, one=twins[0], other=twins[1])
        erase_person(Person(participant=twins[1]))
        assert not ToldApart.objects.exists()


@pytest.mark.django_db
class TestThePage:
    def test_shows_both_side_by_side_and_why(self, client, boss, twins):
        client.force_login(boss)
        text = client.get(PAGE).content.decode()
        assert text.count("amina@example.org") == 2
        assert "the same e-mail address" in text
        assert "the same name" in text
        assert f"/en/people/{twins[1].pk}/merge/{twins[0].pk}/" in text

    def test_the_record_with_the_account_would_stay(self, client, boss, twins):
        twins[1].user = UserFactory()
        twins[1].save()
        client.force_login(boss)
        assert f"/en/people/{twins[0].pk}/merge/{twins[1].pk}/" in client.get(PAGE).content.decode()

    def test_says_why_two_accounts_cannot_be_joined_instead_of_leading_there(self, client, boss, twins):
        for person in twins:
            person.user = UserFactory()
            person.save()
        client.force_login(boss)
        assert "/merge/" in client.get(PAGE).content.decode()
        grant_role(actor=None, user=twins[0].user, role=Role.TRAINER)
        text = client.get(PAGE).content.decode()
        assert "One of the two accounts holds a role: Trainer" in text
        assert "/merge/" not in text
        assert f"/en/people/{twins[0].pk}/apart/{twins[1].pk}/" in text

    def test_says_so_where_nothing_looks_alike(self, client, boss):
        client.force_login(boss)
        assert "No records look alike" in client.get(PAGE).content.decode()
        assert "Nobody was told apart yet" in client.get(f"{PAGE}apart/").content.decode()

    def test_from_the_list_to_told_apart_and_back(self, client, boss, twins):
        client.force_login(boss)
        client.post(f"/en/people/{twins[0].pk}/apart/{twins[1].pk}/")
        assert "No records look alike" in client.get(PAGE).content.decode()
        assert "Amina Diallo" in client.get(f"{PAGE}apart/").content.decode()
        client.post(f"{PAGE}apart/{ToldApart.objects.get().pk}/again/")
        assert "amina@example.org" in client.get(PAGE).content.decode()

    def test_looking_is_written_down_for_both(self, client, boss, twins):
        client.force_login(boss)
        client.get(PAGE)
        for person in twins:
            assert AuditEntry.objects.of_seeing().about(person).filter(actor=boss).count() == 1

    def test_is_paged_and_asks_as_many_queries_for_forty_pairs_as_for_two(self, client, boss):
        from django.db import connection
        from django.test.utils import CaptureQueriesContext

        def add(start, number):
            for pk in range(start, start + number):
                for _each in range(2):
                    ParticipantFactory(name=f"Given{pk} Family{pk}", country_id="KE")

        client.force_login(boss)
        add(0, 2)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as few:
            client.get(PAGE)
        add(2, 40)
        client.get(PAGE)
        with CaptureQueriesContext(connection) as many:
            response = client.get(PAGE)
        assert len(many) == len(few)
        assert len(response.context["entries"]) == 20
        assert response.context["page_obj"].paginator.count == 42
