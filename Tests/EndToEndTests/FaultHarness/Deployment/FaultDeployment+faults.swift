import Foundation
import LocalServers
import TestSupport

// Doing faults.
extension FaultDeployment {
    /// Does a fault, and undoes what it leaves behind: processes run again, locks are released, ways are good again.
    /// Nodes need not be ready again.
    func perform(_ fault: Fault) async throws {
        timeline.note(fault.description)
        switch fault {
        case .killNode(let role, let number, let away):
            let node = try node(role, number)
            await node.kill()
            try await pause(away)
            try node.start()
        case .stopNode(let role, let number, let away):
            let node = try node(role, number)
            await node.terminate()
            try await pause(away)
            try node.start()
        case .pauseNode(let role, let number, let time):
            let node = try node(role, number)
            node.signal(SIGSTOP)
            try await pause(time)
            node.signal(SIGCONT)
        case .path(let role, let store, let mode, let time):
            let proxy = proxies[FaultPath(role: role, store: store)]
            proxy?.set(mode)
            try await pause(time)
            proxy?.set(.pass)
        case .reset(let role, let store): proxies[FaultPath(role: role, store: store)]?.reset()
        case .killStore(.postgres, _), .restartStore(.postgres), .terminateBackends, .lockTable:
            try await performOnPostgres(fault)
        case .pauseStore(let store, let time):
            let main = store == .redis ? await redis.pid : await postgres.pid
            let processes = main.map { [$0] + Self.children(of: $0) } ?? []
            for process in processes { _ = Foundation.kill(process, SIGSTOP) }
            try await pause(time)
            for process in processes { _ = Foundation.kill(process, SIGCONT) }
        case .killStore(.redis, _), .restartStore(.redis), .cutFile, .removeFile, .scriptFlush, .flushAll, .debugSleep,
            .promoteReplica:
            try await performOnRedis(fault)
        }
        timeline.note("done: \(fault)")
    }

    private func performOnPostgres(_ fault: Fault) async throws {
        switch fault {
        case .killStore(_, let away):
            await postgres.kill()
            try await pause(away)
            try await postgres.restart()
        case .terminateBackends:
            _ = try await ledger.rows(
                """
                SELECT pg_terminate_backend(pid) FROM pg_stat_activity
                WHERE datname = current_database() AND pid <> pg_backend_pid()
                """)
        case .lockTable(let table, let time):
            let lock = try await TableLock(table, of: ledger)
            try await pause(time)
            try await lock.release()
        default: try await postgres.restart()
        }
    }

    private func performOnRedis(_ fault: Fault) async throws {
        switch fault {
        case .killStore(_, let away):
            await redis.kill()
            try await pause(away)
            try await redis.restart()
        case .cutFile(let place, let away):
            await redis.kill()
            timeline.note(try cutFile(at: place))
            try await pause(away)
            try await redis.restart()
        case .removeFile(let away):
            await redis.kill()
            try removeFile()
            try await pause(away)
            try await redis.restart()
        case .scriptFlush: _ = try await probe.command("SCRIPT", "FLUSH")
        case .flushAll: _ = try await probe.command("FLUSHALL")
        case .debugSleep(let time): _ = try await probe.command("DEBUG", "SLEEP", "\(Double(time) / 1000)")
        case .promoteReplica: try await promoteReplica()
        default: try await redis.restart()
        }
    }

    /// Starts a replica, kills the primary as soon as the replica follows it, and sends the nodes to the replica.
    private func promoteReplica() async throws {
        guard !proxies.isEmpty else { return }
        let primary = redis
        _ = try await probe.command("CONFIG", "SET", "repl-diskless-sync-delay", "0")
        let replica = try await TestServers.redis(
            durability: plan.durability, extraArguments: ["--enable-debug-command", "local"])
        let probe = RedisProbe(port: replica.port)
        // Not as an argument: after a restart it must not be a replica again.
        _ = try await probe.command("REPLICAOF", "127.0.0.1", "\(primary.port)")
        try await eventually("the replica follows") {
            guard case .text(let text) = try await probe.command("INFO", "replication") else { return false }
            return text.contains("master_link_status:up")
        }
        await primary.kill()
        _ = try await probe.command("REPLICAOF", "NO", "ONE")
        redis = replica
        for (path, proxy) in proxies where path.store == .redis { proxy.redirect(to: replica.port) }
        await primary.stop()
    }

    private func node(_ role: Fault.Role, _ number: Int) throws -> FaultNode {
        let nodes = nodes(role)
        guard !nodes.isEmpty else { throw NotUp(text: "there is no \(role.rawValue)") }
        return nodes[number % nodes.count]
    }

    private func pause(_ milliseconds: Int) async throws { try await Task.sleep(for: .milliseconds(milliseconds)) }

    /// The processes that a process has started.
    private static func children(of parent: pid_t) -> [pid_t] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { pid_t($0) }.filter { process in
            guard let stat = FileManager.default.contents(atPath: "/proc/\(process)/stat") else { return false }
            // The name of the program, in parentheses, may hold anything.
            let rest = String(decoding: stat, as: UTF8.self).split(separator: ")").last ?? ""
            let fields = rest.split(separator: " ")
            return fields.count > 1 && pid_t(fields[1]) == parent
        }
    }
}
