import Foundation
import LocalServers
import TestSupport

// What the stores hold about partitions, read directly.
extension FaultDeployment {
    /// A partition as Redis has it.
    struct Partition: Sendable {
        var number: Int
        var epoch: String?
        var seq: Int64
        /// Whether a persister has verified this process, and no rebuild is awaited.
        var isOpen: Bool
    }

    static let partitionCount = 16

    /// The key of a partition.
    static func key(_ partition: Int, _ name: String) -> String { String(format: "{sc%02d}:%@", partition, name) }

    /// The partition of a board: FNV-1a (64 bits) of the name of its group, modulo the count.
    static func partition(of board: String) -> Int {
        let group = ["arena", "duel"].contains(board) ? "pit" : board
        let hash = group.utf8.reduce(0xcbf2_9ce4_8422_2325 as UInt64) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return Int(hash % UInt64(partitionCount))
    }

    /// All partitions of the present Redis.
    func partitions() async throws -> [Partition] {
        let probe = probe
        let run = try await Self.runID(probe)
        var partitions: [Partition] = []
        for number in 0..<Self.partitionCount {
            let key = Self.key(number, "meta")
            guard
                case .array(let values) = try await probe.command(
                    "HMGET", key, "epoch", "seq", "run", "awaits_rebuild"), values.count == 4
            else { continue }
            let texts = values.map { value -> String? in
                if case .text(let text) = value { text } else { nil }
            }
            partitions.append(
                Partition(
                    number: number, epoch: texts[0], seq: texts[1].flatMap { Int64($0) } ?? 0,
                    isOpen: texts[0] != nil && texts[2] == run && texts[3] == nil))
        }
        return partitions
    }

    /// The name of a Redis process.
    static func runID(_ probe: RedisProbe) async throws -> String {
        guard case .text(let text) = try await probe.command("INFO", "server") else { return "" }
        let line = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix("run_id:") }
        return line.map { String($0.dropFirst("run_id:".count)) } ?? ""
    }

    /// The positions of the ledger, by partition.
    func positions() async throws -> [Int: Int64] {
        let rows = try await ledger.rows("SELECT partition, seq FROM partition_positions")
        return Dictionary(
            rows.compactMap { row in
                let parts = row.split(separator: "|")
                return parts.count == 2 ? (Int(parts[0]) ?? -1, Int64(parts[1]) ?? -1) : nil
            }, uniquingKeysWith: { $1 })
    }

    /// Waits until the ledger has all events of Redis.
    func ledgerHasAll(within time: Duration) async throws {
        try await eventually("the ledger has all events", timeout: time, every: .milliseconds(50)) {
            let positions = try await positions()
            let behind = try await partitions().filter { $0.seq != positions[$0.number] ?? 0 }
            guard behind.isEmpty else { throw NotUp(text: "\(behind), the ledger has \(positions)") }
            return true
        }
    }

    /// Waits, while Redis is down, until no persister writes any more.
    func ledgerIsQuiet() async throws {
        var before: [Int: Int64] = [-1: 0]
        try await eventually("the ledger is quiet", every: .milliseconds(100)) {
            let busy = try await ledger.rows(
                """
                SELECT pid FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid() AND xact_start IS NOT NULL
                """)
            let now = try await positions()
            defer { before = now }
            return busy.isEmpty && now == before
        }
    }

    /// The folder with the append-only file of the present Redis.
    var appendOnlyFolder: String { (redis.logPath as NSString).deletingLastPathComponent + "/data/appendonlydir" }

    /// Cuts the append-only file of a Redis that is down. Returns what was done.
    ///
    /// - Parameter place: the part of the last file that stays.
    func cutFile(at place: Double) throws -> String {
        let names = try FileManager.default.contentsOfDirectory(atPath: appendOnlyFolder)
        let files = names.filter { $0.hasSuffix(".incr.aof") }.sorted {
            $0.compare($1, options: .numeric) == .orderedAscending
        }
        guard let name = files.last else { return "no file to cut among \(names)" }
        let path = appendOnlyFolder + "/" + name
        let file = try Files.open(path, O_RDWR)
        let size = lseek(file.number, 0, SEEK_END)
        let kept = off_t(Double(size) * place)
        guard ftruncate(file.number, kept) == 0 else {
            throw LocalServerError.system(call: "ftruncate", subject: path, code: errno)
        }
        return "cut \(name) from \(size) to \(kept) bytes"
    }

    /// Removes the append-only file of a Redis that is down.
    func removeFile() throws { try FileManager.default.removeItem(atPath: appendOnlyFolder) }

    /// The signatures of the events in the outboxes of a copy of the data of a Redis that is down: what the next start
    /// will find.
    func signaturesOnDisk() async throws -> Set<String> {
        guard Files.isFolder(appendOnlyFolder) else { return [] }
        let folder = try makeTestFolder("copy")
        try Files.makeFolder(folder + "/data")
        try FileManager.default.copyItem(atPath: appendOnlyFolder, toPath: folder + "/data/appendonlydir")
        let copy = try await LocalRedis.start(.init(folder: folder))
        return try await withCleanUp {
            var signatures: Set<String> = []
            let probe = RedisProbe(port: copy.port)
            for partition in 0..<Self.partitionCount {
                let reply = try await probe.command("XRANGE", Self.key(partition, "outbox"), "-", "+")
                guard case .array(let entries) = reply else { continue }
                for case .array(let parts) in entries {
                    guard case .array(let fields)? = parts.last else { continue }
                    for (name, value) in zip(fields, fields.dropFirst()) where name == .text("e") {
                        guard case .text(let event) = value else { continue }
                        let lines = event.split(separator: "\n", omittingEmptySubsequences: false)
                        if lines.count > 4 { signatures.insert(String(lines[4])) }
                    }
                }
            }
            return signatures
        } then: {
            await copy.stop()
            try? FileManager.default.removeItem(atPath: folder)
        }
    }
}
