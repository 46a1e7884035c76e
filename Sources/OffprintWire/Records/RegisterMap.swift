#if MUTANTS
  import OffprintMutants
#endif

/// A register: a value and the stamp it was written with.
public struct Register: Sendable, Hashable, Comparable {
  /// When and by whom.
  public var stamp: Stamp
  /// What.
  public var value: CanonicalValue

  /// A register of these parts.
  public init(stamp: Stamp, value: CanonicalValue) {
    self.stamp = stamp
    self.value = value
  }

  /// The order of the join: the greater stamp wins; of equal stamps the greater value by bytes (Protocol, JOIN-1).
  public static func < (one: Self, other: Self) -> Bool { (one.stamp, one.value) < (other.stamp, other.value) }
}

/// A record's registers by name. A name that is not here is bottom: less than every stamp, never null.
///
/// Kept sorted by the bytes of the names, which is the order of the state hash and makes the join one pass.
public struct RegisterMap: Sendable, Hashable {
  /// One register with its name.
  public struct Entry: Sendable, Hashable {
    /// The name.
    public var name: RegisterName
    /// The register.
    public var register: Register

    /// An entry of these parts.
    public init(_ name: RegisterName, _ register: Register) {
      self.name = name
      self.register = register
    }
  }

  /// The registers in byte order of their names.
  public private(set) var entries: [Entry] = []

  /// No register.
  public init() {}

  /// These registers; of two with one name the greater stays. The caps are applied.
  public init(_ entries: some Sequence<Entry>) {
    for entry in entries {
      if let held = self[entry.name], held >= entry.register { continue }
      self[entry.name] = entry.register
    }
    applyCaps()
  }

  /// Registers that this program sorted and capped before it stored them.
  init(sorted entries: [Entry]) { self.entries = entries }

  /// Whether there is no register.
  public var isEmpty: Bool { entries.isEmpty }
  /// The names, in byte order.
  public var names: [RegisterName] { entries.map(\.name) }

  /// The register of that name. Assigning replaces it whatever the stamps say; joining is ``join(_:)``.
  public subscript(name: RegisterName) -> Register? {
    get {
      let index = firstIndex(notBefore: name)
      return index < entries.count && entries[index].name == name ? entries[index].register : nil
    }
    set {
      let index = firstIndex(notBefore: name)
      let found = index < entries.count && entries[index].name == name
      switch (newValue, found) {
      case (let register?, true): entries[index].register = register
      case (let register?, false): entries.insert(Entry(name, register), at: index)
      case (nil, true): entries.remove(at: index)
      case (nil, false): break
      }
    }
  }

  private func firstIndex(notBefore name: RegisterName) -> Int {
    var low = 0
    var high = entries.count
    while low < high {
      let middle = (low + high) / 2
      if entries[middle].name < name { low = middle + 1 } else { high = middle }
    }
    return low
  }

  /// Joins another state of the same record into this one (Protocol, JOIN-1 to JOIN-3).
  ///
  /// Commutative, associative and idempotent, so a lost answer, a repeat, a restored backup, a relay are all harmless.
  /// - Returns: whether anything changed.
  @discardableResult
  public mutating func join(_ other: RegisterMap) -> Bool {
    var joined: [Entry] = []
    joined.reserveCapacity(max(entries.count, other.entries.count))
    var mine = entries[...]
    var theirs = other.entries[...]
    while let one = mine.first, let two = theirs.first {
      if one.name < two.name {
        joined.append(one)
        mine.removeFirst()
      } else if two.name < one.name {
        joined.append(two)
        theirs.removeFirst()
      } else {
        #if MUTANTS
          if Mutant.isOn(.noTieBreak), one.register.stamp == two.register.stamp {
            joined.append(one)
            mine.removeFirst()
            theirs.removeFirst()
            continue
          }
        #endif
        joined.append(one.register < two.register ? two : one)
        mine.removeFirst()
        theirs.removeFirst()
      }
    }
    joined.append(contentsOf: mine)
    joined.append(contentsOf: theirs)
    let before = entries
    entries = joined
    applyCaps()
    return entries != before
  }

  /// Keeps the registers with the greatest (stamp, name) of each capped prefix; top-k does not depend on order.
  private mutating func applyCaps() {
    #if MUTANTS
      if Mutant.isOn(.supersededDroppedInJoin) {
        let positions = ShownProgress.entries(of: self)
        entries.removeAll { entry in
          positions.contains { other in
            guard let replica = entry.name.replica, replica != other.replica else { return false }
            return other.position.seen[replica].map { $0 >= entry.register.stamp } ?? false
          }
        }
      }
    #endif
    cap(prefix: RegisterName.positionPrefix, count: Limits.progressEntriesMax)
    cap(prefix: RegisterName.tagPrefix, count: Limits.tagRegistersMax)
  }

  private mutating func cap(prefix: String, count: Int) {
    let capped = entries.filter { $0.name.text.utf8.starts(with: prefix.utf8) }
    guard capped.count > count else { return }
    let oldestFirst = capped.sorted { ($0.register.stamp, $0.name) < ($1.register.stamp, $1.name) }
    #if MUTANTS
      let sorted = Mutant.isOn(.capKeepsOldest) ? oldestFirst.reversed() : oldestFirst
    #else
      let sorted = oldestFirst
    #endif
    let dropped = sorted.prefix(capped.count - count)
    let names = Set(dropped.map(\.name))
    entries.removeAll { names.contains($0.name) }
  }
}
