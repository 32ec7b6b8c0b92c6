import Basics
import Leaderboard
import RedisClient

/// Replaces the data of a partition in Redis, through the scripts `lua/rebuild_*.lua`.
public struct RedisPartitionRebuild: PartitionRebuild {
    let current: CurrentPeriods
    private let dayLifetimeMilliseconds = UpdateLimit.dayLifetimeMilliseconds

    private var redis: RedisClient { current.redis }

    /// The most arguments of one command in one call, which bounds the time of the call.
    private static let argumentsMax = 1000
    /// The most keys that one call removes, or that one step of a scan looks at.
    private static let keysMax = 500

    /// - Parameters:
    ///   - redis: a client that has `Scripts.all` registered.
    ///   - partitioning: maps boards to partitions.
    public init(redis: RedisClient, partitioning: Partitioning) {
        current = CurrentPeriods(redis: redis, partitioning: partitioning)
    }

    func keys(_ partition: Int) -> PartitionKeys { PartitionKeys(partition: partition, in: current.space) }

    // MARK: Before

    /// See `PartitionRebuild`.
    public func closure(partition: Int) async throws(StoreError) -> PartitionClosure? {
        let reply = try await command(["HMGET", keys(partition).meta, "epoch", "awaits_rebuild", "rebuild"])
        guard let fields = reply.array, fields.count == 3 else {
            throw StoreError(.corrupt, "HMGET is malformed: \(reply)")
        }
        guard fields[0].isNull, let mark = fields[1].string else { return nil }
        return PartitionClosure(
            partition: partition, epoch: mark == RedisOutbox.markWithoutEpoch ? nil : mark, mark: mark,
            rebuild: fields[2].string ?? "")
    }

    /// See `PartitionRebuild`.
    public func events(partition: Int, after seq: Int64, limit: Int) async throws(StoreError) -> [LedgerEvent] {
        let reply = try await command([
            "XRANGE", keys(partition).outbox, "\(seq + 1)-0", "+", "COUNT", String(limit),
        ])
        guard let entries = reply.array else { throw StoreError(.corrupt, "XRANGE is malformed: \(reply)") }
        var events: [LedgerEvent] = []
        for entry in entries { events += try RedisOutbox.events(entry).filter { $0.seq > seq } }
        return events
    }

    /// See `PartitionRebuild`.
    public func begin(_ closure: PartitionClosure) async throws(StoreError) -> RebuildSession {
        let token = String(UInt64.random(in: .min ... .max), radix: 36)
        let reply = try await evaluate(
            Scripts.rebuildBegin, keys: [keys(closure.partition).meta], [token, closure.mark, closure.rebuild])
        if reply.isNull {
            throw StoreError(.conflict, "partition \(closure.partition) was opened, or is rebuilt by another node")
        }
        guard let time = reply.int64 else { throw ScriptReply.malformed(Scripts.rebuildBegin, reply) }
        return RebuildSession(partition: closure.partition, token: token, storeTime: time)
    }

    /// See `PartitionRebuild`. Finds the keys with `SCAN`, which looks at those of all partitions.
    public func clear(_ session: RebuildSession) async throws(StoreError) {
        let keys = keys(session.partition)
        let kinds = ["ranking:", "members:", "levels:", "receipts:", "daily:"].map { "\(keys.tag):\($0)" }
        let single: Set = [keys.outbox, "\(keys.tag):open", "\(keys.tag):seals"]
        try await remove(Array(single), session)
        var cursor = "0"
        repeat {
            let reply = try await command([
                "SCAN", cursor, "MATCH", Self.escaped(keys.tag) + ":*", "COUNT", String(Self.keysMax),
            ])
            guard let parts = reply.array, parts.count == 2, let next = parts[0].string,
                let found = parts[1].array?.compactMap(\.string)
            else { throw StoreError(.corrupt, "SCAN is malformed: \(reply)") }
            try await remove(found.filter { key in kinds.contains { key.hasPrefix($0) } }, session)
            cursor = next
        } while cursor != "0"
    }

    private func remove(_ gone: [String], _ session: RebuildSession) async throws(StoreError) {
        for start in stride(from: 0, to: gone.count, by: Self.keysMax) {
            let part = gone[start..<min(start + Self.keysMax, gone.count)]
            try check(
                await evaluate(
                    Scripts.rebuildClear, keys: [keys(session.partition).meta] + part, [session.token]),
                of: Scripts.rebuildClear, session)
        }
    }

    /// A prefix with the characters escaped that mean more in a pattern of Redis.
    private static func escaped(_ prefix: String) -> String {
        prefix.reduce(into: "") { text, character in
            if "*?[]\\^".contains(character) { text += "\\" }
            text.append(character)
        }
    }

    // MARK: Writing

    /// One command of `lua/rebuild_write.lua`.
    private struct Write {
        var letter: String
        var key: String
        var arguments: [String]
    }

    private func write(_ writes: [Write], _ session: RebuildSession) async throws(StoreError) {
        var keys = [keys(session.partition).meta]
        var arguments = [session.token]
        func flush() async throws(StoreError) {
            guard keys.count > 1 else { return }
            try check(
                await evaluate(Scripts.rebuildWrite, keys: keys, arguments), of: Scripts.rebuildWrite, session)
            keys.removeLast(keys.count - 1)
            arguments.removeLast(arguments.count - 1)
        }
        for write in writes {
            for start in stride(from: 0, to: write.arguments.count, by: Self.argumentsMax) {
                let part = write.arguments[start..<min(start + Self.argumentsMax, write.arguments.count)]
                keys.append(write.key)
                arguments += [write.letter, String(part.count)] + part
                // Three commands of the largest size are one chunk of a ranking with levels.
                if arguments.count >= 3 * Self.argumentsMax || keys.count > Self.keysMax { try await flush() }
            }
        }
        try await flush()
    }

    /// See `PartitionRebuild`.
    public func write(forms: [Board], _ session: RebuildSession) async throws(StoreError) {
        let fields = forms.flatMap { ["form:\($0.id)", String($0.generation)] }
        try await write([Write(letter: "h", key: keys(session.partition).meta, arguments: fields)], session)
    }

    /// See `PartitionRebuild`.
    public func write(
        lastEnds: [BoardWindow: Int64], _ session: RebuildSession
    ) async throws(StoreError) {
        let fields = lastEnds.flatMap { ["sealed:\($0.key.board):\($0.key.window)", String($0.value)] }
        try await write([Write(letter: "h", key: keys(session.partition).meta, arguments: fields)], session)
    }

    /// See `PartitionRebuild`.
    public func write(seals: [Ranking: Int64], _ session: RebuildSession) async throws(StoreError) {
        let fields = seals.flatMap { [name($0.key, session).name, String($0.value)] }
        let key = "\(keys(session.partition).tag):seals"
        try await write([Write(letter: "h", key: key, arguments: fields)], session)
    }

    /// See `PartitionRebuild`.
    public func write(
        _ standings: [Standing], of ranking: RebuiltRanking, _ session: RebuildSession
    ) async throws(StoreError) {
        let keys = name(ranking.ranking, session)
        for start in stride(from: 0, to: standings.count, by: Self.argumentsMax / 2) {
            var (places, members, levels): ([String], [String], [String]) = ([], [], [])
            for standing in standings[start..<min(start + Self.argumentsMax / 2, standings.count)] {
                let entry = RebuiltEntry(standing, in: ranking)
                places += [entry.value, entry.member]
                members += [standing.userID, entry.place]
                if ranking.ties == .dense { levels += [entry.value, entry.value] }
            }
            var writes = [
                Write(letter: "z", key: keys.ranking, arguments: places),
                Write(letter: "h", key: keys.members, arguments: members),
                Write(letter: "z", key: keys.levels, arguments: levels),
            ]
            if !ranking.isKeptTop {
                let cut = ranking.cut.map { String($0) } ?? "+inf"
                writes.append(Write(letter: "z", key: keys.open, arguments: [cut, keys.name]))
            }
            try await write(writes, session)
        }
    }

    /// See `PartitionRebuild`.
    public func write(receipts: [LedgerEvent], _ session: RebuildSession) async throws(StoreError) {
        let keys = keys(session.partition)
        var fields: [String: [String]] = [:]
        for event in receipts {
            guard let text = ReceiptText.text(of: event) else { continue }
            fields[keys.receipts(issuedAt: event.issuedAt), default: []] += [event.signature, text]
        }
        try await write(fields.map { Write(letter: "h", key: $0.key, arguments: $0.value) }, session)
    }

    /// See `PartitionRebuild`.
    public func write(counts: [DailyCount], _ session: RebuildSession) async throws(StoreError) {
        let keys = keys(session.partition)
        let writes = counts.map { count in
            Write(
                letter: "s", key: keys.daily(action: count.action, day: count.day, userID: count.userID),
                arguments: [String(count.count), "PX", String(dayLifetimeMilliseconds)])
        }
        try await write(writes, session)
    }

    /// See `PartitionRebuild`.
    public func report(done: Int64, of total: Int64, _ session: RebuildSession) async throws(StoreError) {
        let fields = ["rebuild_progress", "\(done) \(total)"]
        try await write([Write(letter: "h", key: keys(session.partition).meta, arguments: fields)], session)
    }

    // MARK: After

    /// See `PartitionRebuild`.
    public func end(
        _ session: RebuildSession, seq: Int64, forgottenSecond: Int64
    ) async throws(StoreError) -> String {
        let epoch = RedisOutbox.newEpoch()
        try check(
            await evaluate(
                Scripts.rebuildEnd, keys: [keys(session.partition).meta],
                [session.token, epoch, String(seq), String(forgottenSecond)]),
            of: Scripts.rebuildEnd, session)
        return epoch
    }

    /// See `PartitionRebuild`.
    public func publishTops(of boards: [Board]) async throws(StoreError) {
        for board in boards { _ = try await current.turned(board, board.windows, again: true) }
    }

    // MARK: Calls

    private func name(_ ranking: Ranking, _ session: RebuildSession) -> BoardKeys {
        BoardKeys(ranking, partition: session.partition, in: current.space)
    }

    private func check(
        _ reply: RESPValue, of script: RedisScript, _ session: RebuildSession
    ) throws(StoreError) {
        if reply.isNull {
            throw StoreError(.conflict, "another rebuild of partition \(session.partition) has begun")
        }
        guard reply.int64 == 1 else { throw ScriptReply.malformed(script, reply) }
    }

    private func evaluate(
        _ script: RedisScript, keys: [String], _ arguments: [String]
    ) async throws(StoreError) -> RESPValue {
        do { return try await redis.evaluate(script, keys: keys, arguments: arguments) } catch {
            throw StoreError(error)
        }
    }

    func command(_ words: [String]) async throws(StoreError) -> RESPValue {
        do { return try await redis.command(words) } catch { throw StoreError(error) }
    }
}
