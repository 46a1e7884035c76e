import OffprintWire

/// One thing that happens in a simulated world, with all its parameters.
///
/// Nothing in it refers to what came before: devices, messages, articles and bookmarks are numbers taken modulo what there
/// is when the event is played, so that any part of a list of events can be played, and a failing list can be shrunk.
package struct Event: Sendable, Hashable {
  /// What happens. The comments name what ``choices`` mean; one that is not there counts as 0.
  package enum Kind: String, Sendable, CaseIterable {
    // The person: `node` is the device.
    /// Saves the page [address, with a text?, tag].
    case save
    /// Writes a title [article, clear it if 0 of 8].
    case title
    /// Writes a byline [article].
    case byline
    /// Adds a tag [article, tag].
    case tag
    /// Removes a tag [article, tag].
    case untag
    /// Puts away or back [article, which].
    case archive
    /// Marks or unmarks [article, which].
    case favourite
    /// Marks a passage [article, millionths].
    case bookmark
    /// Writes a bookmark's note [bookmark].
    case note
    /// Removes a bookmark [bookmark].
    case unbookmark
    /// Moves the reading position [article, millionths].
    case progress
    /// Opens another round of reading [article, millionths].
    case readAgain
    /// Deletes an article [article].
    case delete
    /// Undeletes an article [article].
    case undelete
    /// Deletes many articles [how many].
    case deleteMany
    /// Says that an article is the same page as another [article, other, undo if 0 of 4].
    case same
    /// Restores an entry of the journal [entry].
    case restoreEntry
    /// A newer client writes a register that this one does not know [article, name].
    case future
    /// Writes a record that the server will always refuse [article].
    case poison
    /// Puts back what the server holds of a refused record [which].
    case discardRefused
    /// Lets a refused record go out again [which].
    case retryRefused

    // The network.
    /// Begins a sync [everything is read again if 0 of 12, deletions are allowed if 0 of 3].
    case sync
    /// Syncs to the end over a good line, as at home [everything is read again if 0 of 12, deletions are allowed if 0 of 3, the
    /// line breaks if 0 of 4, before which message].
    case syncToEnd
    /// Lets a message arrive: `node` is the message [lost of 10, twice of 7, an answer breaks off of 16].
    case deliver
    /// Gives a sync up: the app was closed, or it waited too long.
    case abandon
    /// Cuts a device off [direction: 0 both, 1 requests, 2 answers; for how many events].
    case partition
    /// A proxy repeats a request it kept from long ago [which].
    case replay

    // Time: `node` is the device where one is meant.
    /// Time passes everywhere [how much].
    case wait
    /// A device's clock is set [to what].
    case setClock
    /// The server's clock is set [to what].
    case setServerClock
    /// A device starts anew: its boot clock begins again.
    case reboot

    // Disks: `node` is the device, or the server.
    /// A node is killed, or loses power, now [which].
    case crash
    /// The same in the middle of something [which, after how many calls of the disk].
    case crashLater
    /// The disk fails once [how, after how many calls].
    case fault
    /// The disk is full for a while [bytes left, for how many events].
    case fillDisk
    /// The program ends and starts again in good order.
    case restart
    /// A second process opens the library, or the second one ends.
    case secondProcess
    /// The program is replaced by one with newer tables.
    case upgrade

    // The server.
    /// A backup is taken.
    case backup
    /// A backup is put back [which, how: 0 by command, 1 the database file alone, 2 all files].
    case restore
    /// What has been dead for longer than the retention goes.
    case purge
    /// Nobody does anything for longer than deletions are kept, and what has gone is purged [how much longer].
    case away
    /// A device's token is revoked, and its owner signs in again.
    case revoke

    // Copies of devices.
    /// A device's library is copied to a new device [noticed?].
    case clone
    /// A device's library is backed up.
    case deviceBackup
    /// A device's library is put back [which, noticed?].
    case deviceRestore
    /// A device throws its copy away and reads everything anew [discards unsent edits?].
    case reset
    /// A device signs in again, or tries to as another person, which must be refused [as another of 2].
    case signInAgain
  }

  /// What happens.
  package var kind: Kind
  /// Which device, message or node, modulo how many there are.
  package var node: Int
  /// The rest, as the kind says.
  package var choices: [Int]
  /// What randomness inside the event is drawn from: tokens, nonces, torn sectors.
  package var salt: UInt64

  /// An event of these parts.
  package init(_ kind: Kind, node: Int, choices: [Int], salt: UInt64) {
    self.kind = kind
    self.node = node
    self.choices = choices
    self.salt = salt
  }

  /// The choice at that place; 0 where there is none.
  package func choice(_ index: Int) -> Int { choices.indices.contains(index) ? choices[index] : 0 }
}

/// The line of a trace file.
extension Event {
  /// Canonical JSON without the line feed.
  package var line: [UInt8] {
    JSONValue.members(
      ("choices", .array(choices.map { .integer(Int64($0)) })), ("event", .string(kind.rawValue)),
      ("node", .integer(Int64(node))), ("salt", .string(FixedHex.text(salt, digits: 16)))
    ).canonicalBytes
  }

  /// Reads a line; nil for another text.
  package init?(line: [UInt8]) {
    guard let json = try? JSONValue(parsing: line), let kind = json["event"]?.string.flatMap(Kind.init),
      let node = json["node"]?.integer, let choices = json["choices"]?.array,
      let salt = json["salt"]?.string.flatMap({ FixedHex.value($0, digits: 16) })
    else { return nil }
    self.init(
      kind, node: Int(clamping: max(0, node)), choices: choices.compactMap { $0.integer.map { Int(clamping: $0) } },
      salt: salt)
  }
}
