/// The limits of the protocol, as announced in `GET /v1/info` (Protocol, LIM-1). Sizes are UTF-8 bytes.
public enum Limits {
  /// Records in one push.
  public static let pushRecordsMax = 500
  /// Bytes of one push as sent.
  public static let pushBytesMax = 1_048_576
  /// Bytes of one push once inflated.
  public static let pushInflatedBytesMax = 8_388_608
  /// Bytes of one content: a body or an image.
  public static let contentBytesMax = 33_554_432
  /// Hashes in one list of contents.
  public static let hashesMax = 1_000
  /// Bytes of a title or byline.
  public static let titleBytesMax = 1_024
  /// Bytes of a bookmark's note.
  public static let noteBytesMax = 65_536
  /// Bytes of a bookmark's quote.
  public static let quoteBytesMax = 16_384
  /// Bytes of one tag's name.
  public static let tagBytesMax = 256
  /// Tags that one push may set on one record.
  public static let tagsMax = 64
  /// Bytes of a URL.
  public static let urlBytesMax = 8_192
  /// Bytes of a bookmark's colour.
  public static let colourBytesMax = 64
  /// Bytes of each text that extraction found, and of a fetch's reason.
  public static let foundBytesMax = 4_096
  /// References in one `images` register.
  public static let imagesMax = 64
  /// Bytes of names and values of unknown registers that one push declares new in one record.
  public static let unknownBytesMax = 4_096
  /// Bytes of one record in canonical form as pushed.
  public static let recordBytesMax = 262_144
  /// Bytes of a register's name.
  public static let registerNameBytesMax = 512
  /// Levels of nesting of a JSON document.
  public static let jsonDepthMax = 16
  /// Seconds a long poll may wait.
  public static let waitSecondsMax = 55
  /// Records in one page.
  public static let pageRecordsMax = 1_000
  /// Records in one page where the client names no limit.
  public static let pageRecordsDefault = 500
  /// Compressed bytes at which a page is cut.
  public static let pageBytesMax = 262_144
  /// Bytes of a device's name.
  public static let deviceNameBytesMax = 100
  /// Bytes of the shortest password.
  public static let passwordBytesMin = 8
  /// Bytes of the longest password.
  public static let passwordBytesMax = 1_024
  /// Bytes of a user's name.
  public static let userNameBytesMax = 64
  /// How far ahead of the server's clock a new stamp may be, in milliseconds.
  public static let clockSkewMilliseconds: Int64 = 300_000
  /// Positions (`at:` registers) kept in one record by the join.
  public static let progressEntriesMax = 16
  /// `tag:` registers kept in one record by the join.
  public static let tagRegistersMax = 256

  /// Every announced limit by its name in `/v1/info`, in the order of the specification's table.
  public static let announced: [(name: String, value: Int64)] = [
    ("pushRecordsMax", Int64(pushRecordsMax)),
    ("pushBytesMax", Int64(pushBytesMax)),
    ("pushInflatedBytesMax", Int64(pushInflatedBytesMax)),
    ("contentBytesMax", Int64(contentBytesMax)),
    ("hashesMax", Int64(hashesMax)),
    ("titleBytesMax", Int64(titleBytesMax)),
    ("noteBytesMax", Int64(noteBytesMax)),
    ("quoteBytesMax", Int64(quoteBytesMax)),
    ("tagBytesMax", Int64(tagBytesMax)),
    ("tagsMax", Int64(tagsMax)),
    ("urlBytesMax", Int64(urlBytesMax)),
    ("colourBytesMax", Int64(colourBytesMax)),
    ("foundBytesMax", Int64(foundBytesMax)),
    ("imagesMax", Int64(imagesMax)),
    ("unknownBytesMax", Int64(unknownBytesMax)),
    ("recordBytesMax", Int64(recordBytesMax)),
    ("registerNameBytesMax", Int64(registerNameBytesMax)),
    ("jsonDepthMax", Int64(jsonDepthMax)),
    ("waitSecondsMax", Int64(waitSecondsMax)),
    ("pageRecordsMax", Int64(pageRecordsMax)),
    ("pageBytesMax", Int64(pageBytesMax)),
    ("deviceNameBytesMax", Int64(deviceNameBytesMax)),
    ("passwordBytesMin", Int64(passwordBytesMin)),
    ("passwordBytesMax", Int64(passwordBytesMax)),
    ("userNameBytesMax", Int64(userNameBytesMax)),
    ("clockSkewMilliseconds", clockSkewMilliseconds),
    ("progressEntriesMax", Int64(progressEntriesMax)),
    ("tagRegistersMax", Int64(tagRegistersMax)),
  ]
}
