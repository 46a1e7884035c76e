"""The parts of Scripts/score-extraction that read and write JSON.

list TRUTH DIR: the files of DIR with their addresses, for `offprint extract --from`; predictions NDJSON: what the scorer reads; speed NDJSON
USER SYSTEM: pages a second of processor time.
"""
import json
import os
import sys

FIELDS = ("text", "title", "byline", "siteName", "excerpt", "dek", "lang", "dir", "publishedTime", "leadImage")


def articles(path):
    with open(path, encoding="utf-8") as lines:
        for line in lines:
            yield json.loads(line)


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
    elif sys.argv[1] == "speed":
        count = sum(1 for _ in articles(sys.argv[2]))
        seconds = float(sys.argv[3]) + float(sys.argv[4])
        print("%d pages in %.2f s of one processor: %.0f pages/s, start and output included" % (count, seconds, count / seconds))


if __name__ == "__main__":
    main()
