"""The cases of the vector files, one module a subject; `make_vectors.py` writes them out."""


class VectorFile:
    """One vector file in the making.

    `answer(given)` computes what is expected; where a case states its expectation by hand as well, the two must agree,
    so that neither the reference nor the list of cases can be wrong alone.
    """

    def __init__(self, name, about, clauses, answer):
        self.name, self.about, self.clauses, self.answer = name, about, clauses, answer
        self.cases = []

    def case(self, name, given, expect=None):
        from offprint_reference import Refused

        try:
            computed = self.answer(given)
        except Refused as error:
            computed = {"error": error.reason}
        if expect is not None and expect != computed:
            raise SystemExit(f"{self.name}, {name}: expected {expect}, the reference says {computed}")
        if any(case["name"] == name for case in self.cases):
            raise SystemExit(f"{self.name}: two cases are named {name}")
        self.cases.append({"name": name, "given": given, "expect": computed})
