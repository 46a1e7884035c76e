extension Oracle {
  /// What names a record in its account.
  package struct RecordKey: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// `article`, `progress`, `bookmark` or another type.
    package var type: String
    /// The id within the type.
    package var id: String

    /// A key of these parts.
    package init(_ type: String, _ id: String) {
      self.type = type
      self.id = id
    }

    /// `TYPE:ID`
    package var description: String { "\(type):\(id)" }

    /// Order by the bytes of type and id.
    package static func < (one: Self, other: Self) -> Bool {
      (ExactText(one.type), ExactText(one.id)) < (ExactText(other.type), ExactText(other.id))
    }
  }

  /// A register as a replica holds it.
  package struct Held: Hashable, Sendable, CustomStringConvertible {
    /// The register's name.
    package var name: String
    /// Fixed-width text that sorts by its bytes; nil for an edit of this device that waits for its stamp.
    package var stamp: String?
    /// Canonical JSON.
    package var value: String

    /// A register of these parts.
    package init(_ name: String, _ stamp: String?, _ value: String) {
      self.name = name
      self.stamp = stamp
      self.value = value
    }

    /// `name = value @ stamp`
    package var description: String { "\(name) = \(value) @ \(stamp ?? "not fixed")" }

    /// Equal in every byte; Swift's own equality of texts would take two spellings of an accent for one.
    package static func == (one: Self, other: Self) -> Bool {
      one.name.utf8.elementsEqual(other.name.utf8) && one.value.utf8.elementsEqual(other.value.utf8)
        && ExactText(one.stamp ?? "") == ExactText(other.stamp ?? "") && (one.stamp == nil) == (other.stamp == nil)
    }

    /// Agrees with the equality.
    package func hash(into hasher: inout Hasher) {
      ExactText(name).hash(into: &hasher)
      ExactText(stamp ?? "").hash(into: &hasher)
      ExactText(value).hash(into: &hasher)
    }
  }

  /// A record's registers.
  package struct State: Hashable, Sendable {
    /// In byte order of the names.
    package let entries: [Held]

    /// These registers, in any order; of two with one name the first stays.
    package init(_ entries: some Sequence<Held>) {
      var sorted = Array(entries)
      var isSorted = true
      for index in sorted.indices.dropFirst()
      where !(ExactText(sorted[index - 1].name) < ExactText(sorted[index].name)) {
        isSorted = false
      }
      if !isSorted {
        var seen: Set<ExactText> = []
        sorted = sorted.filter { seen.insert(ExactText($0.name)).inserted }
        sorted.sort { ExactText($0.name) < ExactText($1.name) }
      }
      self.entries = sorted
    }

    /// The register of that name.
    package subscript(name: String) -> Held? {
      entries.first { $0.name.utf8.elementsEqual(name.utf8) }
    }

    /// Whether the register `life` says dead.
    package var isDead: Bool { self["life"]?.value == "\"dead\"" }
  }

  /// What a person's action writes into one register by the documented rules.
  package struct Intent: Sendable {
    /// What is known of the value before it is seen.
    package enum Value: Sendable {
      /// Just these bytes of canonical JSON.
      case exactly(String)
      /// A reading position with these parts; its locator is free, its `seen` is what the rules say.
      case position(fraction: Int, round: Int, finished: Bool)
      /// Something that only the product computes; what is seen first counts from then on.
      case anything
    }

    /// The record.
    package var key: RecordKey
    /// The register; for a position `at:` and the device's replica id.
    package var register: String
    /// The value.
    package var value: Value
    /// Other progress records whose positions the person was shown too: those of articles found to be one page.
    package var alsoSees: [RecordKey]

    /// A write of these parts.
    package init(_ key: RecordKey, _ register: String, _ value: Value, alsoSees: [RecordKey] = []) {
      self.key = key
      self.register = register
      self.value = value
      self.alsoSees = alsoSees
    }

    /// A write of just these bytes.
    package init(_ key: RecordKey, _ register: String, _ json: String) {
      self.init(key, register, .exactly(json))
    }
  }

  /// How a person's action ended.
  package enum Outcome: Sendable {
    /// The call returned.
    case committed
    /// The call failed and left nothing.
    case notDone
    /// The call failed at a power cut or a failed commit: all of it is there, or nothing.
    case unknown
  }
}

/// A text that is compared byte by byte.
struct ExactText: Hashable, Comparable, Sendable {
  var text: String

  init(_ text: String) { self.text = text }

  static func == (one: Self, other: Self) -> Bool { one.text.utf8.elementsEqual(other.text.utf8) }

  static func < (one: Self, other: Self) -> Bool { one.text.utf8.lexicographicallyPrecedes(other.text.utf8) }

  func hash(into hasher: inout Hasher) {
    var text = text
    text.withUTF8 { hasher.combine(bytes: UnsafeRawBufferPointer($0)) }
    hasher.combine(0xFF as UInt8)
  }
}
