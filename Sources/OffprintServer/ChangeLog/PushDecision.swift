import OffprintWire

#if MUTANTS
  import OffprintMutants
#endif

/// What a push's counter says about it, before anything else of the request is looked at (Protocol, PUSH-3).
package enum PushCounter {
  /// Refuses a push that comes from a rewound replica or was overtaken by a later one.
  /// - Throws: ``Problem``, `device-rewound`, with the last number known.
  package static func check(_ push: SyncRequest.Push, against last: PushMark?) throws(Problem) {
    #if MUTANTS
      if Mutant.isOn(.pushCounterIgnored) { return }
    #endif
    guard let last else { return }
    // An equal pair is a repeat made on the way: it is answered as usual, and ``Push`` lets it bring nothing new.
    if push.n > last.n || (push.n == last.n && push.nonce.utf8.elementsEqual(last.nonce.utf8)) { return }
    throw Problem(
      .deviceRewound, "a later push of this replica was here before",
      members: [JSONValue.Member("n", .integer(last.n))])
  }
}

extension LogPosition {
  /// Refuses a cursor that nothing may be read from or pushed with.
  /// - Throws: ``Problem``: `wrong-account`, `log-forked`, `log-unknown`, `cursor-expired`.
  package func requireValid(_ cursor: Cursor) throws(Problem) {
    switch fate(of: cursor) {
    case .valid: return
    case .wrongAccount: throw Problem(.wrongAccount, "this library belongs to another account")
    case .unknownLog: throw Problem(.logUnknown, "the cursor is of a log this server never had; read all again")
    case .expired: throw Problem(.cursorExpired, "changes since this cursor were purged; read all again")
    case .forked(let forkHead, let next):
      throw Problem(
        .logForked, "the server was restored from a backup; go on with the cursor given",
        members: [
          JSONValue.Member("h", .integer(forkHead)), JSONValue.Member("cursor", .string(next.text)),
          JSONValue.Member("number", .integer(next.number)),
        ])
    }
  }

  /// Refuses a cursor of another account; the other fates are looked at later (Protocol, the order of checks).
  /// - Throws: ``Problem``, `wrong-account`.
  package func requireOwn(_ cursor: Cursor) throws(Problem) {
    guard cursor.account != account else { return }
    throw Problem(.wrongAccount, "this library belongs to another account")
  }
}
