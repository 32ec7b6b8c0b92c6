import StrictJSON

/// Tokens that were verified before, and what they say, so that a client that comes back costs a lookup.
///
/// Not thread-safe on purpose: make one for each event loop. A lookup compares the whole token, takes no lock and
/// makes no allocation; its hash is seeded, so that nobody can choose tokens that collide. Entries end with their
/// token, with a change of the key generation, and, when there are too many, by the clock algorithm: a hand goes round
/// and takes the first entry that was not used since it came by.
public final class TokenCache {
    /// Counts of the cache since it was made.
    public struct Counters: Equatable, Sendable {
        /// Lookups that found a token.
        public internal(set) var hits: UInt64 = 0
        /// Lookups that did not, expired entries among them.
        public internal(set) var misses: UInt64 = 0
        /// Entries that made room for others.
        public internal(set) var evictions: UInt64 = 0
    }

    struct Entry {
        let hash: Int
        let token: [UInt8]
        let claims: Claims
        /// The first moment at which it no longer holds, in milliseconds since 1970.
        let end: Int64
        /// The next slot of the same bucket; -1 for none.
        var next: Int32
        /// Whether it was used since the hand came by.
        var wasUsed: Bool
    }

    /// The cost of an entry besides its token, in bytes, for ``maxBytes``: the slot, the array's head, the subject.
    static let entryOverheadBytes = 192

    /// The largest number of tokens that are kept.
    public let maxEntries: Int
    /// The largest number of bytes that they may take, the cache's own share included.
    public let maxBytes: Int
    /// Counts of the cache.
    public private(set) var counters = Counters()
    /// The number of tokens.
    public private(set) var count = 0
    /// The number of bytes that they take.
    public private(set) var byteCount = 0

    private var generation: UInt64?
    private var slots: [Entry?] = []
    private var freeSlots: [Int32] = []
    /// The first slot of each bucket; -1 for none. As many as a power of two.
    private var buckets: [Int32] = TokenCache.emptyBuckets(64)
    private var hand = 0
    private let seed = UInt64.random(in: .min ... .max)

    /// An empty cache.
    ///
    /// - Parameters:
    ///   - maxEntries: how many tokens it keeps; at least 1, at most 2^24.
    ///   - maxBytes: how many bytes they may take. A token that alone takes more is not kept.
    public init(maxEntries: Int = 65_536, maxBytes: Int = 32 << 20) {
        self.maxEntries = min(max(maxEntries, 1), 1 << 24)
        self.maxBytes = max(maxBytes, 0)
    }

    /// The claims of a token, if it is kept and still good.
    ///
    /// - Parameters:
    ///   - token: the whole token.
    ///   - generation: that of the keys in use; another one than before empties the cache.
    ///   - now: milliseconds since 1970.
    public func find(_ token: UnsafeRawBufferPointer, generation: UInt64, now: Int64) -> Claims? {
        enter(generation)
        let hash = hash(of: token)
        var index = buckets[hash & (buckets.count - 1)]
        while index >= 0, let entry = slots[Int(index)] {
            guard entry.hash == hash, entry.token.withUnsafeBytes({ $0.hasSameBytes(as: token) }) else {
                index = entry.next
                continue
            }
            guard now < entry.end else {
                remove(Int(index))
                break
            }
            if !entry.wasUsed { slots[Int(index)]?.wasUsed = true }
            counters.hits &+= 1
            return entry.claims
        }
        counters.misses &+= 1
        return nil
    }

    /// Keeps a token that was verified with the keys of this generation, until `end` (milliseconds since 1970).
    /// One that is there already keeps its entry, with the new claims and end.
    public func insert(_ token: UnsafeRawBufferPointer, claims: Claims, end: Int64, generation: UInt64) {
        enter(generation)
        let cost = token.count + Self.entryOverheadBytes
        guard cost <= maxBytes else { return }
        let hash = hash(of: token)
        if let index = slot(of: token, hash: hash) { remove(index) }
        while count >= maxEntries || byteCount + cost > maxBytes { evictOne() }
        if count >= buckets.count { grow() }
        let bucket = hash & (buckets.count - 1)
        let entry = Entry(
            hash: hash,
            token: Array(token),
            claims: claims,
            end: end,
            next: buckets[bucket],
            wasUsed: false
        )
        buckets[bucket] = Int32(place(entry))
        count += 1
        byteCount += cost
    }

    /// Drops everything, as when keys were changed.
    public func removeAll() {
        slots = []
        freeSlots = []
        buckets = Self.emptyBuckets(64)
        hand = 0
        count = 0
        byteCount = 0
    }

    // MARK: Steps

    private func enter(_ generation: UInt64) {
        guard self.generation != generation else { return }
        if self.generation != nil { removeAll() }
        self.generation = generation
    }

    /// The hash of a token's end: the signature, which a sender of genuine tokens cannot choose and which is what
    /// differs between them. The comparison that follows takes in the whole token.
    private func hash(of token: UnsafeRawBufferPointer) -> Int {
        var hasher = Hasher()
        hasher.combine(seed)
        hasher.combine(token.count)
        hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: token.suffix(48)))
        return hasher.finalize()
    }

    private func slot(of token: UnsafeRawBufferPointer, hash: Int) -> Int? {
        var index = buckets[hash & (buckets.count - 1)]
        while index >= 0, let entry = slots[Int(index)] {
            if entry.hash == hash, entry.token.withUnsafeBytes({ $0.hasSameBytes(as: token) }) { return Int(index) }
            index = entry.next
        }
        return nil
    }

    private func place(_ entry: Entry) -> Int {
        if let free = freeSlots.popLast() {
            slots[Int(free)] = entry
            return Int(free)
        }
        slots.append(entry)
        return slots.count - 1
    }

    /// Takes the first entry that was not used since the hand came by last. Ends after two rounds at most.
    private func evictOne() {
        while true {
            if hand >= slots.count { hand = 0 }
            defer { hand += 1 }
            guard let entry = slots[hand] else { continue }
            guard entry.wasUsed else {
                counters.evictions &+= 1
                return remove(hand)
            }
            slots[hand]?.wasUsed = false
        }
    }

    /// Takes an entry out of its bucket's chain and frees its slot.
    private func remove(_ index: Int) {
        guard let entry = slots[index] else { return }
        let bucket = entry.hash & (buckets.count - 1)
        if buckets[bucket] == Int32(index) {
            buckets[bucket] = entry.next
        } else {
            var previous = buckets[bucket]
            while previous >= 0, let other = slots[Int(previous)] {
                if other.next == Int32(index) {
                    slots[Int(previous)]?.next = entry.next
                    break
                }
                previous = other.next
            }
        }
        slots[index] = nil
        freeSlots.append(Int32(index))
        count -= 1
        byteCount -= entry.token.count + Self.entryOverheadBytes
    }

    /// Twice as many buckets, and every entry into its new one.
    private func grow() {
        buckets = Self.emptyBuckets(buckets.count * 2)
        for index in slots.indices {
            guard let hash = slots[index]?.hash else { continue }
            let bucket = hash & (buckets.count - 1)
            slots[index]?.next = buckets[bucket]
            buckets[bucket] = Int32(index)
        }
    }

    private static func emptyBuckets(_ count: Int) -> [Int32] { Array(repeating: -1, count: count) }
}
