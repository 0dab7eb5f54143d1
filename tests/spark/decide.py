"""Decides about the clients of a large NDJSON file on many machines: the same bytes as one process gives.

    spark-submit decide.py --partitions 400 clients.ndjson answers --rules /opt/clinic/rules --visit 2026-03-02

What stands behind the two paths goes to `clearance decide`. The program and the rules folder must be in the same
place on each worker. `cat answers/part-*` is the whole, in the order of the file. The file is UTF-8, its lines
end with a line feed. Name the visit day here if records have none: otherwise it is the day each worker has.
"""

import argparse
import os
import re
import shlex

from pyspark import SparkConf, SparkContext

# A record without a client id is named by its number, as `#7`. In JSON a quote within a text is escaped, so that
# no text of a client looks like one of these.
NUMBER = re.compile(r'(^\{"client":"#|"message":"client #)([0-9]+)')
PLACE = re.compile(r'("at":"standard input:)([0-9]+)')
NUMBER_AS_ID = re.compile(r'"client"\s*:\s*"(#|\\u0023)[0-9]')


def count(lines):
    """How many lines and records a part has. What could not be given back as it is, is refused before any work."""
    total = records = 0
    for line in lines:
        if "\ufffd" in line:
            raise ValueError("a line is not UTF-8, or holds the sign U+FFFD, which Spark puts for what is not")
        if NUMBER_AS_ID.search(line):
            raise ValueError("a client id is # and a number, as if the record had none: give it another id")
        total += 1
        records += bool(line.strip())
    yield total, records


def command(program, options):
    """Exit code 1 says that single records could not be read: each has an error in its place, and the others are
    decided. Any other failure must end the job."""
    decide = [program, "decide", "-", "--input", "ndjson", "--format", "ndjson", *options]
    return shlex.join(["sh", "-c", '"$0" "$@" || test $? -eq 1', *decide])


def counted_on(answers, lines_before, records_before, records):
    """The answers of a part. Each process counts from 1; here, on from the parts before."""
    given = 0
    for answer in answers:
        given += 1
        answer = NUMBER.sub(lambda found: found[1] + str(int(found[2]) + records_before), answer)
        yield PLACE.sub(lambda found: found[1] + str(int(found[2]) + lines_before), answer)
    # So that nobody is left out without a word, whatever the exit code.
    if given != records:
        raise ValueError(f"{given} answers to {records} records: see what clearance wrote to standard error")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0], allow_abbrev=False)
    parser.add_argument("--partitions", type=int, default=2, help="at least so many parts")
    parser.add_argument("--program", default="clearance", help="where the program is on each worker")
    parser.add_argument("clients", help="the NDJSON file")
    parser.add_argument("answers", help="the folder to write, which must not exist")
    args, options = parser.parse_known_args()

    # Otherwise a carriage return within a line would end it.
    conf = SparkConf().set("spark.hadoop.textinputformat.record.delimiter", "\n")
    with SparkContext(appName="clearance decide", conf=conf) as spark:
        lines = spark.textFile(args.clients, args.partitions)
        parts, before = [], (0, 0)
        for total, records in lines.mapPartitions(count).collect():
            parts.append((*before, records))
            before = (before[0] + total, before[1] + records)
        env = {"PATH": os.environ["PATH"]}
        answers = lines.pipe(command(args.program, options), env=env, checkCode=True)
        answers = answers.mapPartitionsWithIndex(lambda part, given: counted_on(given, *parts[part]))
        answers.saveAsTextFile(args.answers)


if __name__ == "__main__":
    main()
