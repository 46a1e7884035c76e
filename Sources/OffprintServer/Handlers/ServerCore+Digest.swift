import OffprintWire

extension ServerCore {
  /// `GET /v1/digest`: the buckets, or the live records of one (Protocol, DIG-3, DIG-4).
  func digest(_ call: Route.Call) throws -> Answer {
    let account = try call.device().account
    let cursor = try sinceCursor(call)
    // Judged with a bucket or without one (Protocol, GEN-5).
    let limit = try call.query.integer("limit", from: 1, clampedTo: Limits.pageRecordsMax) ?? Limits.pageRecordsDefault
    let after = try call.query["after"].map { text throws(Problem) in
      guard let key = RecordKey(text) else { throw Problem(.badRequest, "'after' is to be TYPE:ID") }
      return key
    }
    if let number = try call.query.integer("bucket", from: 0, clampedTo: Digest.bucketCount) {
      guard let bucket = UInt8(exactly: number) else { throw Problem(.badRequest, "a bucket is one of 0 to 255") }
      return try self.bucket(bucket, after: after, limit: limit, of: account, since: cursor)
    }
    return try store.read { reader in
      let log = try requireLog(of: account, since: cursor, from: reader)
      let buckets = try reader.buckets(of: account).map { bucket in
        JSONValue.members(("count", .integer(bucket.count)), ("sum", .string(bucket.sumText)))
      }
      return .json(
        .members(
          ("buckets", .array(buckets)), ("count", .integer(log.digest.count)),
          ("digest", .string(log.digest.sumText)), ("number", .integer(log.position.head))))
    }
  }

  private func requireLog(
    of account: RecordID, since cursor: Cursor?, from reader: any StoreReader
  ) throws -> AccountLog {
    guard let log = try reader.log(of: account) else { throw StoreError.damaged("an account without a log") }
    if let cursor { try log.position.requireValid(cursor) }
    return log
  }

  private func bucket(
    _ bucket: UInt8, after: RecordKey?, limit: Int, of account: RecordID, since cursor: Cursor?
  ) throws -> Answer {
    return try store.read { reader in
      let log = try requireLog(of: account, since: cursor, from: reader)
      var output = JSONWriter()
      var last: RecordKey?
      var count = 0
      var more = false
      try reader.forEachLiveRecord(of: account, bucket: bucket, after: after) { stored in
        if count == limit || output.bytes.count >= Page.inflatedBytesMax {
          more = true
          return false
        }
        SyncAnswerLine.record(stored.record, number: stored.number).write(to: &output)
        last = stored.record.key
        count += 1
        return true
      }
      output.beginObject()
      output.name("end")
      output.write(
        .members(
          ("after", more ? last.map { .string($0.description) } ?? .null : .null), ("bucket", .integer(Int64(bucket))),
          ("more", .bool(more)), ("number", .integer(log.position.head))))
      output.endObject()
      output.endLine()
      return .lines(output)
    }
  }
}
