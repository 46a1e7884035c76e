/// The verbs that copy the data and put copies back.
extension DaemonProgram {
  private static let admitsDamage = Option.flag("allow-damaged", "go on though some of it is damaged, and say what")

  static let copies = Program.Group(
    "Copies",
    [
      Verb(
        "backup", summary: "copy the data as of now into one file, while the server runs",
        positionals: [Positional("FILE", "the file to make, or - for standard output")],
        options: data + [.flag("force", "replace the file if it is there"), admitsDamage],
        details: [
          "The copy is of one moment. It gets its name only once every record and text in it was held against its hash and"
            + " it is on the disk: an interrupted backup leaves the earlier file as it was. Of damaged data none is made unless"
            + " you ask for it: with --force it would take the place of the last one that is whole.",
          "Copying the database file itself is no backup: it may be torn, and lacks what stands in the log beside it.",
        ],
        json: [
          .init("path", "the file; null for standard output"), .init("bytes", "its size"),
          .init("accounts", "how many"), .init("records", "how many, deleted ones too"),
          .init("contents", "texts and images"),
        ],
        examples: [
          .init("backup /backup/offprint.sqlite --force", "each night, for one"),
          .init("backup - | ssh elsewhere 'cat > offprint.sqlite'", "straight to another machine"),
        ]),
      Verb(
        "restore", summary: "put a backup in the place of the data; no server may run",
        positionals: [Positional("FILE", "the backup, which stays as it is")], options: data + [admitsDamage],
        details: [
          "The backup is checked before anything is changed, and the data it replaces are kept in a folder beside it.",
          "Every log forks: each device notices at its next sync and offers what the backup lacks, so that nothing is lost"
            + " that any device still has. Devices that signed in since the backup was made sign in again.",
        ],
        json: [
          .init("accounts", "how many"), .init("records", "how many, deleted ones too"),
          .init("contents", "texts and images"),
          .init("replaced", "where the replaced data are; null if there were none"),
          .init("migratedFrom", "the version of the backup if it was an older one; else null"),
        ],
        examples: [.init("restore /backup/offprint.sqlite", "")]),
      Verb(
        "check", summary: "read all data and hold everything against everything else; the server may run",
        options: data + [
          .flag(
            "mend",
            "take damaged records out of the digests, so that devices that have them offer them; have wrong runs of the log"
              + " made anew")
        ],
        details: [
          "The file's structure, every record and text against its hash, the digests against the records, the logs, the"
            + " references between them. Ends with 13 if something is damaged.",
          "A damaged record is given to nobody. Once a device's request has met it, or --mend has, every device sees the"
            + " difference at its next sync, and those that have the record offer it. One whose type and id are lost goes when"
            + " it has been set aside for as long as tombstones are kept.",
        ],
        json: [
          .init("findings", "what was found: kind, damage (true or false), text"),
          .init("damaged", "how many are damage"),
          .init("accounts", "how many"), .init("records", "how many, deleted ones too"),
          .init("live", "those that live"),
          .init("contents", "texts and images"), .init("contentBytes", "their bytes before compression"),
          .init("pending", "contents that records name and nobody has uploaded yet"),
          .init("unowned", "contents that no account holds"),
        ],
        examples: [.init("check", "")]),
    ])
}
