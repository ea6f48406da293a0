"""``python -m labeling.agreement answers.csv``"""

from __future__ import annotations

import argparse
import csv
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

from labeling.aggregation.votes import from_triples, tally
from labeling.agreement.krippendorff import alpha_nominal
from labeling.agreement.percent import percent_agreement
from labeling.crowd_csv import read_crowd_csv
from labeling.errors import GroundworkError


def main(arguments: Sequence[str] | None = None, out: TextIO | None = None) -> int:
    """Read worker,item,answer; write metric,value. Answers are compared as equal or not."""
    parser = argparse.ArgumentParser(prog="python -m labeling.agreement", description=main.__doc__)
    parser.add_argument("answers", type=Path, help="CSV with the columns worker, item, answer")
    given = parser.parse_args(arguments)
    try:
        triples = list(read_crowd_csv(given.answers))
    except (GroundworkError, OSError) as error:
        print(error, file=sys.stderr)
        return 2
    units: dict[str, list[str]] = {}
    for _worker, item, answer in triples:
        units.setdefault(item, []).append(answer)
    writer = csv.writer(out or sys.stdout, lineterminator="\n")
    writer.writerow(["metric", "value"])
    metrics = {
        "krippendorff_alpha_nominal": alpha_nominal(tally(from_triples(triples))),
        "percent_agreement": percent_agreement(units.values()),
    }
    for name, value in metrics.items():
        writer.writerow([name, "" if value is None else f"{value:.6f}"])
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
