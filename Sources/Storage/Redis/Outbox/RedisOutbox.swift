import Leaderboard
import Metrics
import RedisClient

/// The outboxes of the partitions in Redis, and the states that open and close partitions.
public struct RedisOutbox: Outbox {
    let redis: RedisClient
    private let blocking: RedisClient
    let partitions: [PartitionKeys]
    private let clock: NodeClock?
    private let clockDifference = Gauge(label: "scorecast_clock_difference_seconds")

    /// The value of `awaits_rebuild` if the epoch is not known.
    static let markWithoutEpoch = "1"

    /// The clock with which an API node judges action ids.
    public struct NodeClock: Sendable {
        let now: @Sendable () -> Int64
        let actionMaxAge: Duration

        /// - Parameters:
        ///   - actionMaxAge: for how long after its issue an action id is taken.
        ///   - now: ms since 1970.
        public init(actionMaxAge: Duration, now: @escaping @Sendable () -> Int64) {
            self.now = now
            self.actionMaxAge = actionMaxAge
        }
    }

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - blocking: a client for `XREAD BLOCK`, whose command timeout is longer than any wait.
    ///   - partitioning: the partitions.
    ///   - clock: the node's clock. The check whether updates can be written compares it with Redis' clock. Nil for a
    ///     node that takes no updates.
    public init(redis: RedisClient, blocking: RedisClient, partitioning: Partitioning, clock: NodeClock? = nil) {
        self.redis = redis
        self.clock = clock
        self.blocking = blocking
        let space = KeySpace(redis.configuration)
        partitions = partitioning.all.map { PartitionKeys(partition: $0, in: space) }
    }

    /// See `Outbox`.
    public func states() async throws(StoreError) -> [PartitionState] {
        try await pipeline(partitions.map(Self.stateCommand)).map(Self.state)
    }

    private static func stateCommand(_ keys: PartitionKeys) -> [String] {
        ["HMGET", keys.meta, "epoch", "seq", "awaits_rebuild", "rebuild_wanted", "run", "rewriting"]
    }

    private static func state(_ reply: RESPValue) throws(StoreError) -> PartitionState {
        guard let fields = reply.array, fields.count == 6 else { throw corrupt("HMGET", reply) }
        return PartitionState(
            epoch: fields[0].string, seq: fields[1].int64 ?? 0, awaitsRebuild: !fields[2].isNull,
            isRebuildWanted: !fields[3].isNull, run: fields[4].string, rewriting: fields[5].string)
    }

    /// See `Outbox`. A pipeline goes to one connection, and a connection to one process.
    public func snapshot(at positions: [Int: Int64]) async throws(StoreError) -> PartitionSnapshot {
        let wanted = Array(positions)
        let replies = try await pipeline(
            [["INFO", "server"]] + partitions.map(Self.stateCommand) + wanted.map(anchorCommand))
        var facts = RedisServerFacts()
        facts.add(info: replies[0])
        guard let run = facts.runID else { throw Self.corrupt("INFO", replies[0]) }
        let anchors = replies[(1 + partitions.count)...]
        var signatures: [Int: String] = [:]
        for (position, reply) in zip(wanted, anchors) {
            signatures[position.key] = (reply.array?.first).flatMap { try? Self.events($0).last?.signature }
        }
        return PartitionSnapshot(
            run: run, states: try replies[1...partitions.count].map(Self.state), signatures: signatures)
    }

    /// The command that reads the event with a sequence number.
    private func anchorCommand(_ position: (key: Int, value: Int64)) -> [String] {
        ["XRANGE", partitions[position.key].outbox, "\(position.value)-0", "\(position.value)-0"]
    }

    /// See `Outbox`.
    public func open(partition: Int, seq: Int64, run: String) async throws(StoreError) -> String {
        let reply: RESPValue
        do {
            reply = try await redis.evaluate(
                Scripts.open, keys: [partitions[partition].meta], arguments: [Self.newEpoch(), String(seq), run])
        } catch {
            throw StoreError(error)
        }
        if reply.isNull { throw StoreError(.closed, "partition \(partition) awaits its rebuild") }
        if ScriptReply.says(reply, "moved") {
            throw StoreError(.conflict, "Redis is another process than the one that was compared with the ledger")
        }
        guard let epoch = reply.array?.first?.string else { throw Self.corrupt("open", reply) }
        return epoch
    }

    /// See `Outbox`.
    public func verify(partition: Int, epoch: String, seq: Int64, run: String) async throws(StoreError) -> Bool {
        let reply: RESPValue
        do {
            reply = try await redis.evaluate(
                Scripts.verify, keys: [partitions[partition].meta], arguments: [run, epoch, String(seq)])
        } catch {
            throw StoreError(error)
        }
        guard let isVerified = reply.int64 else { throw Self.corrupt("verify", reply) }
        return isVerified == 1
    }

    /// See `Outbox`.
    public func close(partition: Int, epoch: String?) async throws(StoreError) -> Bool {
        let reply: RESPValue
        do {
            reply = try await redis.evaluate(
                Scripts.close, keys: [partitions[partition].meta], arguments: [epoch ?? ""])
        } catch {
            throw StoreError(error)
        }
        guard let isClosed = reply.int64 else { throw Self.corrupt("close", reply) }
        return isClosed == 1
    }

    /// See `Outbox`.
    public func read(
        after positions: [Int: Int64], limit: Int, waitMilliseconds: Int
    ) async throws(StoreError) -> [OutboxBatch] {
        guard !positions.isEmpty else { return [] }
        let wanted = positions.sorted { $0.key < $1.key }
        var command = ["XREAD", "COUNT", String(limit), "BLOCK", String(max(1, waitMilliseconds)), "STREAMS"]
        command += wanted.map { partitions[$0.key].outbox }
        command += wanted.map { "\($0.value)-0" }
        let reply: RESPValue
        do { reply = try await blocking.command(command) } catch { throw StoreError(error) }
        if reply.isNull { return [] }
        guard let streams = reply.array else { throw Self.corrupt("XREAD", reply) }
        let batches = try streams.map { stream throws(StoreError) in try batch(stream) }
        return try await withContext(batches, after: positions)
    }

    /// Returns the events of one stream of an `XREAD` reply, up to the first one that cannot be read.
    private func batch(_ stream: RESPValue) throws(StoreError) -> OutboxBatch {
        guard let pair = stream.array, pair.count == 2, let key = pair[0].string,
            let partition = partitions.firstIndex(where: { $0.outbox == key }), let entries = pair[1].array
        else { throw Self.corrupt("XREAD", stream) }
        var batch = OutboxBatch(partition: partition, epoch: "", events: [])
        for entry in entries {
            do {
                batch.events += try Self.events(entry)
            } catch {
                batch.trouble = error
                break
            }
        }
        return batch
    }

    /// Adds the epochs and anchors to the batches. They are read after the events, so that a Redis that went back in
    /// time in between shows another anchor. A partition that was closed in the meantime is left out: the reason for
    /// closing it decides what happens to its events.
    private func withContext(
        _ batches: [OutboxBatch], after positions: [Int: Int64]
    ) async throws(StoreError) -> [OutboxBatch] {
        let epochs = try await pipeline(batches.map { ["HGET", partitions[$0.partition].meta, "epoch"] })
        let read = Set(batches.map(\.partition))
        let anchors = try await signatures(at: positions.filter { $0.value > 0 && read.contains($0.key) })
        return zip(batches, epochs).compactMap { batch, epoch in
            guard let epoch = epoch.string else { return nil }
            var batch = batch
            batch.epoch = epoch
            batch.anchor = anchors[batch.partition]
            return batch
        }
    }

    /// See `Outbox`.
    public func signatures(at positions: [Int: Int64]) async throws(StoreError) -> [Int: String] {
        let wanted = Array(positions)
        let replies = try await pipeline(wanted.map(anchorCommand))
        var signatures: [Int: String] = [:]
        for (position, reply) in zip(wanted, replies) {
            if let entry = reply.array?.first { signatures[position.key] = try Self.events(entry).last?.signature }
        }
        return signatures
    }

    /// See `Outbox`.
    public func trim(partition: Int, through seq: Int64) async throws(StoreError) {
        _ = try await pipeline([["XTRIM", partitions[partition].outbox, "MINID", "\(seq + 1)-0"]])
    }

    /// Returns the events of one entry. They were written in one step, and the entry's id names the last of them.
    static func events(_ entry: RESPValue) throws(StoreError) -> [LedgerEvent] {
        guard let pair = entry.array, pair.count == 2,
            let last = pair[0].string?.split(separator: "-").first.flatMap({ Int64($0) }),
            let fields = pair[1].array?.compactMap(\.bytes), !fields.isEmpty, fields.count.isMultiple(of: 4)
        else { throw corrupt("an outbox entry", entry) }
        var events: [LedgerEvent] = []
        events.reserveCapacity(fields.count / 4)
        for start in stride(from: 0, to: fields.count, by: 4) {
            let seq = last - Int64((fields.count - start) / 4 - 1)
            guard fields[start].elementsEqual("e".utf8), fields[start + 2].elementsEqual("o".utf8),
                let event = LedgerEventCodec.decode(seq: seq, event: fields[start + 1], outcome: fields[start + 3])
            else { throw corrupt("an outbox entry", entry) }
            events.append(event)
        }
        return events
    }

    func pipeline(_ commands: [[String]]) async throws(StoreError) -> [RESPValue] {
        guard !commands.isEmpty else { return [] }
        do {
            let replies = try await redis.pipeline(commands)
            for reply in replies { _ = try reply.checked() }
            return replies
        } catch {
            throw StoreError(error)
        }
    }

    private static func corrupt(_ what: String, _ reply: RESPValue) -> StoreError {
        StoreError(.corrupt, "\(what) is malformed: \(reply)")
    }

    /// Returns a new name for an epoch: 64 random bits in base 36.
    static func newEpoch() -> String { String(UInt64.random(in: .min ... .max), radix: 36) }
}

extension RedisOutbox: WriteReadiness {
    /// See `WriteReadiness`.
    public func whyNotWritable() async -> String? {
        var (closed, unverified): ([Int], [Int]) = ([], [])
        var clockTrouble: String?
        for (index, partition) in partitions.enumerated() {
            do {
                let reply = try await redis.evaluate(Scripts.probe, keys: [partition.meta])
                if reply.isNull { closed.append(index) }
                if ScriptReply.says(reply, "unverified") { unverified.append(index) }
                clockTrouble = clockTrouble ?? whyReceiptsAreMissing(reply)
            } catch {
                if let code = error.serverCode { return "redis refuses writes: \(code)" }
                guard let trouble = redis.trouble, trouble.code == .handshakeFailed else {
                    return "redis is out of reach"
                }
                return "redis is not used: \(trouble.message)"
            }
        }
        guard closed.isEmpty else { return "partitions \(Self.list(closed)) are closed" }
        guard unverified.isEmpty else {
            return "partitions \(Self.list(unverified)) wait for a persister to verify this Redis"
        }
        return clockTrouble
    }

    private static func list(_ partitions: [Int]) -> String {
        partitions.map(String.init).joined(separator: ", ")
    }

    /// Compares the clocks, using the reply of a probe.
    private func whyReceiptsAreMissing(_ reply: RESPValue) -> String? {
        guard let clock, let parts = reply.array, parts.count == 3, let time = parts[1].int64 else { return nil }
        let clocks = ClockComparison(node: clock.now(), redis: time, forgottenSecond: parts[2].int64)
        clockDifference.record(Double(clocks.differenceMilliseconds) / 1000)
        return clocks.whyReceiptsAreMissing(actionMaxAge: clock.actionMaxAge)
    }
}
