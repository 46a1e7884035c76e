"""The parts of Scripts/score-extraction that read and write JSON.

list TRUTH DIR: the files of DIR with their addresses, for `offprint extract --from`; predictions NDJSON: what the scorer reads; speed NDJSON
USER SYSTEM: pages a second of processor time; compare PROGRAM DIR: the same of the program, of trafilatura, and of lxml's parser alone,
in turns.
"""
import glob
import json
import os
import resource
import statistics
import subprocess
import sys
import time

FIELDS = ("text", "title", "byline", "siteName", "excerpt", "dek", "lang", "dir", "publishedTime", "leadImage")


def articles(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


def compare(program, folder, rounds=5):
    files = sorted(glob.glob(os.path.join(folder, "*.html")))
    import lxml.html
    import trafilatura

    pages = [open(file, "rb").read() for file in files]

    def inside(extract):
        start = time.process_time()
        for page in pages:
            extract(page)
        return len(pages) / (time.process_time() - start)

    def ours(times=6):
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        subprocess.run([program, "extract"] + files * times, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        used = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        return len(files) * times / used

    found = [(ours(), inside(trafilatura.extract), inside(lxml.html.fromstring)) for _ in range(rounds)]
    for own, peer, parser in found:
        print("offprint %.0f pages/s, trafilatura %.1f, lxml's parser alone %.0f: %.1f times trafilatura, %.2f of the parser"
              % (own, peer, parser, own / peer, own / parser))
    print("median of %d: offprint %.0f pages/s, %.1f times trafilatura %s, %.2f of the parser" % (
        rounds, statistics.median(row[0] for row in found), statistics.median(row[0] / row[1] for row in found),
        trafilatura.__version__, statistics.median(row[0] / row[2] for row in found)))


def main():
    if sys.argv[1] == "list":
        with open(sys.argv[2], encoding="utf-8") as file:
            truth = json.load(file)
        for key in sorted(truth):
            path = os.path.join(sys.argv[3], key + ".html")
            if os.path.exists(path):
                print(path + "\t" + truth[key]["url"] if truth[key].get("url") else path)
    elif sys.argv[1] == "predictions":
        found = {}
        for article in articles(sys.argv[2]):
            key = os.path.basename(article["file"])[: -len(".html")]
            found[key] = {field: article.get(field) for field in FIELDS}
        json.dump(found, sys.stdout)
    elif sys.argv[1] == "compare":
        compare(sys.argv[2], sys.argv[3])
    elif sys.argv[1] == "speed":
        count = sum(1 for _ in articles(sys.argv[2]))
        seconds = float(sys.argv[3]) + float(sys.argv[4])
        print("%d pages in %.2f s of one processor: %.0f pages/s, start and output included" % (count, seconds, count / seconds))


if __name__ == "__main__":
    main()
