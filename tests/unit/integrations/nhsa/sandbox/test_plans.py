"""Which terms apply to whom, where and for what."""

from integrations.nhsa.sandbox.people import Insurance
from integrations.nhsa.sandbox.plans import terms_of


def insurance(insutype="310", psn_type="11", place="440100", **more):
    return Insurance(insutype=insutype, psn_type=psn_type, place=place, since="2020-01-01", **more)


def rate(insured, kind="hospital", med_type="11"):
    return terms_of(insured, kind=kind, division="440100", med_type=med_type).pool_bp


class TestRates:
    """The pool's share."""

    def test_differs_by_scheme_and_kind_of_institution(self):
        """
        In service, retired, resident; hospital and pharmacy.
        """
        people = (insurance(), insurance(psn_type="12"), insurance("390", "15"))

        assert [6000, 7000, 5000] == [rate(one) for one in people]
        assert [5500, 6500, 4000] == [rate(one, "pharmacy", "41") for one in people]

    def test_is_higher_for_special_diseases(self):
        """
        门诊慢特病 has its own rates.
        """
        people = (insurance(), insurance(psn_type="12"), insurance("390", "15"))

        assert [8500, 9000, 7000] == [rate(one, med_type="14") for one in people]

    def test_is_lower_elsewhere_and_lowest_without_registration(self):
        """
        5 points less with 备案, 20 without.
        """
        registered = insurance(place="430100", travel_registered=True)
        unregistered = insurance(place="430100")

        assert (5500, 4000) == (rate(registered), rate(unregistered))


class TestTerms:
    """All that is not the rate."""

    def test_has_no_deductible_for_special_diseases(self):
        """
        门诊慢特病 starts at the first fen.
        """
        terms = [
            terms_of(insurance(), kind="hospital", division="440100", med_type=med_type)
            for med_type in ("11", "14")
        ]

        assert [300_00, 0] == [one.deductible for one in terms]

    def test_subsidises_civil_servants_at_home_only(self):
        """
        The subsidy stays at the place of insurance.
        """
        terms = [
            terms_of(
                insurance(civil_servant=True), kind="hospital", division=division, med_type="11"
            )
            for division in ("440100", "430100")
        ]

        assert [5000, 0] == [one.civil_servant_bp for one in terms]
        assert [True, False] == [one.mutual_aid for one in terms]

    def test_gives_residents_neither_account_nor_large_amount(self):
        """
        390 has no personal account.
        """
        terms = terms_of(insurance("390", "15"), kind="hospital", division="440100", med_type="11")

        assert (False, 0) == (terms.account, terms.large_bp)
