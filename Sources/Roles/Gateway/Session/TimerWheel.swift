/// A place in a `TimerWheel`.
package struct WheelPlace: Sendable {
    fileprivate var slot: UInt16
    fileprivate var index: UInt32

    /// The place of an entry that does not wait.
    package static let none = WheelPlace(slot: .max, index: 0)
}

/// Timers for very many entries, each in constant time, after G. Varghese and T. Lauck, "Hashed and Hierarchical Timing
/// Wheels" (scheme 4: a wheel of slots, no overflow). Pure: the owner calls `advance` once a tick.
package struct TimerWheel<Entry: WheelEntry> {
    /// The longest wait, in ticks.
    package static var ticksMax: Int { slotCount - 1 }
    private static var slotCount: Int { 512 }

    /// Ticks since the start.
    package private(set) var now: UInt32 = 0
    /// The number of entries that wait.
    package private(set) var count = 0
    private var slots: [[Entry]] = Array(repeating: [], count: slotCount)

    /// An empty wheel.
    package init() {}

    /// Lets an entry wait for 1 to `ticksMax` ticks. Other waits become the nearest of these. Replaces the entry's
    /// previous wait.
    package mutating func insert(_ entry: Entry, in ticks: Int) {
        remove(entry)
        let wait = UInt32(truncatingIfNeeded: min(max(ticks, 1), Self.ticksMax))
        let slot = Int((now &+ wait) % UInt32(Self.slotCount))
        entry.wheelPlace = WheelPlace(slot: UInt16(slot), index: UInt32(slots[slot].count))
        slots[slot].append(entry)
        count += 1
    }

    /// Ends the wait of an entry, if it waits.
    package mutating func remove(_ entry: Entry) {
        let place = entry.wheelPlace
        guard place.slot != WheelPlace.none.slot else { return }
        entry.wheelPlace = .none
        count -= 1
        let last = slots[Int(place.slot)].removeLast()
        guard last !== entry else { return }
        last.wheelPlace = place
        slots[Int(place.slot)][Int(place.index)] = last
    }

    /// Moves on by one tick.
    ///
    /// - Returns: the entries whose wait has ended.
    package mutating func advance() -> [Entry] {
        now &+= 1
        let slot = Int(now % UInt32(Self.slotCount))
        let due = slots[slot]
        slots[slot] = []
        count -= due.count
        for entry in due { entry.wheelPlace = .none }
        return due
    }

    /// All entries that wait, in no particular order.
    package var entries: [Entry] { slots.flatMap { $0 } }
}
