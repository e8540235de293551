"""`qa eval`: compare systems, and the actions around it."""

import argparse
import shlex
import sys
from pathlib import Path

from qa.cli.terminal import FALLEN, OK, Bar, Commands, Parser, count, note, open_library

_DESCRIPTION = """\
Compare rankings on a question collection: measures by their published names with 95 %
intervals, differences with a paired test, what answers cite and quote, and what it costs.

  qa eval global-compact                          # the bundled questions
  qa eval FOLDER                                  # BEIR, or TREC topics and qrels
  qa eval global-compact --ablation               # the ranking without each of its parts
  qa eval FOLDER --system late --system mine.run  # against a run of your own
  qa eval FOLDER --system late --system dense:MODEL --html page.html --out results
  qa eval global-compact --system late --baseline tests/baseline.json

  qa eval calibrate COLLECTION                    # fit the confidence
  qa eval pool COLLECTION --out pool.jsonl        # what is still to be judged
  qa eval judge pool.jsonl --out grades.tsv       # judge it, in the terminal
  qa eval merge COLLECTION grades.tsv --out FILE  # judgements old and new
"""


def add_to(commands: Commands) -> None:
    """Add the command and its actions to the parser."""
    evaluate = commands.add_parser(
        "eval",
        help="measure retrieval on a question collection",
        description=_DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    evaluate.default_action = "compare"
    evaluate.actions = ("compare", "calibrate", "pool", "judge", "merge", "-h", "--help")
    actions = evaluate.add_subparsers(required=True, metavar="ACTION")
    _add_compare(actions)
    _add_calibrate(actions)
    _add_growing(actions)


def _add_compare(actions: Commands) -> None:
    compare = actions.add_parser("compare", help="compare systems (what `qa eval` does alone)")
    compare.add_argument(
        "collection", nargs="?", metavar="COLLECTION", help="global-compact, or a folder"
    )
    compare.add_argument(
        "--system",
        action="append",
        default=[],
        metavar="NAME",
        help="late, bm25, dense, rrf, random, RANKING:ENCODER or a run file (default: the five)",
    )
    compare.add_argument(
        "--ablation", action="store_true", help="also the ranking without each of its parts"
    )
    compare.add_argument(
        "--against", default="", metavar="NAME", help="compare the others with this (default: rrf)"
    )
    compare.add_argument(
        "--measure", action="append", default=[], metavar="NAME", help="such as nDCG@10 or AP"
    )
    _add_collection_options(compare)
    compare.add_argument("--out", type=Path, metavar="DIR", help="JSON, CSV, TREC runs and plots")
    compare.add_argument("--html", type=Path, metavar="FILE", help="a page that needs no network")
    compare.add_argument("--format", choices=("text", "json"), default="text")
    compare.add_argument(
        "--baseline", type=Path, metavar="FILE", help="exit with 3 where a measure has fallen"
    )
    compare.add_argument("--write-baseline", type=Path, metavar="FILE", help="make such a file")
    compare.add_argument(
        "--collection-info", metavar="COLLECTION", help="say what is in a collection, and stop"
    )
    compare.set_defaults(run=_compare)


def _add_collection_options(parser: Parser) -> None:
    parser.add_argument("--qrels", metavar="NAME", help="which judgements, where there are several")
    parser.add_argument(
        "--report", metavar="ID", help="the report that a folder without corpus.jsonl asks"
    )


def _add_calibrate(actions: Commands) -> None:
    calibrate = actions.add_parser("calibrate", help="fit the confidence on a collection")
    calibrate.add_argument("collection", metavar="COLLECTION")
    calibrate.add_argument(
        "--out", type=Path, metavar="FILE", help="where to (default: the file that ships)"
    )
    _add_collection_options(calibrate)
    calibrate.set_defaults(run=_calibrate)


def _add_growing(actions: Commands) -> None:
    pool = actions.add_parser("pool", help="write the paragraphs that are still to be judged")
    pool.add_argument("collection", metavar="COLLECTION")
    pool.add_argument("--system", action="append", default=[], metavar="NAME")
    pool.add_argument("--depth", type=int, default=10, metavar="K", help="%(default)s of each")
    pool.add_argument("--out", type=Path, required=True, metavar="FILE")
    _add_collection_options(pool)
    pool.set_defaults(run=_pool)

    judge = actions.add_parser("judge", help="grade a pool in the terminal; can be gone on with")
    judge.add_argument("pool", type=Path, metavar="POOL")
    judge.add_argument("--out", type=Path, required=True, metavar="FILE", help="a .tsv of grades")
    judge.set_defaults(run=_judge)

    merge = actions.add_parser("merge", help="write a collection's judgements with new ones")
    merge.add_argument("collection", metavar="COLLECTION")
    merge.add_argument("grades", type=Path, metavar="GRADES", help="of `judge`, or a folder of "
                       "`qa feedback export`")  # fmt: skip
    merge.add_argument("--out", type=Path, required=True, metavar="FILE", help="a new .tsv")
    _add_collection_options(merge)
    merge.set_defaults(run=_merge)


def _compare(options: argparse.Namespace) -> int:
    from eval import command
    from eval.collection import CollectionError
    from eval.gate import find_falls, write_baseline
    from eval.tables import experiment_table

    if options.collection_info:
        return _describe(options)
    if not options.collection:
        raise CollectionError("no collection: name global-compact, or a folder")
    with Bar("Encoding the collection") as encoding, Bar("Ranking", " rankings") as ranking:
        experiment, runs = command.evaluate(
            options.collection,
            open_library=open_library,
            systems=options.system,
            has_ablation=options.ablation,
            against=options.against,
            measures=options.measure,
            qrels=options.qrels,
            report_id=options.report,
            command=shlex.join(["qa", *sys.argv[1:]]),
            progress=encoding,
            ranking_progress=ranking,
        )
    if options.out:
        command.write_outputs(experiment, runs, options.out)
    if options.html:
        command.write_page(experiment, options.html)
    if options.write_baseline:
        write_baseline(experiment, options.write_baseline)
    is_json = options.format == "json"
    print(command.to_json(experiment).rstrip() if is_json else experiment_table(experiment))
    falls = find_falls(experiment, options.baseline) if options.baseline else []
    for sentence in falls:
        note(sentence)
    return FALLEN if falls else OK


def _describe(options: argparse.Namespace) -> int:
    from eval.collection import check_judged, load_collection
    from eval.collection_info import describe_collection
    from eval.command import asked_report

    collection = load_collection(options.collection_info, options.qrels)
    report = collection.corpus or asked_report(collection, open_library, options.report).report
    check_judged(collection, report)
    print(describe_collection(collection, report))
    return OK


def _calibrate(options: argparse.Namespace) -> int:
    from eval.calibration import calibrate, write_calibration
    from eval.collection import load_collection
    from eval.command import asked_report

    collection = load_collection(options.collection, options.qrels)
    with Bar("Encoding the collection") as progress:
        setting = asked_report(collection, open_library, options.report, progress)
    calibration = calibrate(setting.library, collection, setting.report.report_id)
    print(f"written to {write_calibration(calibration, options.out)}")
    return OK


def _pool(options: argparse.Namespace) -> int:
    from eval.collection import CollectionError, load_for_judging
    from eval.command import asked_report
    from eval.pooling import SEED, pool, write_pool
    from eval.systems import resolve, run_systems

    if options.depth < 1:
        raise CollectionError(f"--depth {options.depth} judges nothing: name 1 or more")
    collection = load_for_judging(options.collection, options.qrels)
    with Bar("Encoding the collection") as progress:
        setting = asked_report(collection, open_library, options.report, progress)
    systems = resolve(options.system or ["late", "bm25", "dense"])
    with Bar("Ranking", " rankings") as progress:
        queries = {**collection.queries, **collection.unjudged}
        runs = run_systems(setting.library, setting.report, queries, systems, progress=progress)
    items = pool(runs, collection, options.depth)
    write_pool(items, collection, setting.report, options.out)
    print(f"{count(len(items), 'paragraph')} to judge in {options.out}, shuffled with seed {SEED}")
    return OK


def _judge(options: argparse.Namespace) -> int:
    from eval.judging import judge

    n_left = judge(options.pool, options.out, input, print)
    print(f"{count(n_left, 'paragraph')} left to judge; grades are in {options.out}")
    return OK


def _merge(options: argparse.Namespace) -> int:
    from eval.collection import load_for_judging
    from eval.command import asked_report
    from eval.judging import merge_judgements

    collection = load_for_judging(options.collection, options.qrels)
    report = asked_report(collection, open_library, options.report).report
    merged = merge_judgements(collection, report, options.grades, options.out)
    print(f"{count(merged.n_added, 'grade')} added in {options.out}")
    if merged.n_kept:
        note(f"{count(merged.n_kept, 'grade')} left out: the collection judges otherwise")
    if merged.left_out:
        note(f"left out, for want of a relevant paragraph: {', '.join(merged.left_out)}")
    return OK
