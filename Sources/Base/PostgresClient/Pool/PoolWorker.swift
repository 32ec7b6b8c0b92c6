import Basics
import Logging
import Metrics
import NIOConcurrencyHelpers

/// One thread of a pool, and the connection that it alone uses. It carries out what ``PoolState`` orders.
final class PoolWorker {
    private let core: PoolCore
    private let index: Int
    private let notices: NoticeSink
    private var connection: PostgresConnection?
    /// Attempts to connect that failed since the last success.
    private var failures = 0
    private var hasConnectedBefore = false

    init(core: PoolCore, index: Int) {
        self.core = core
        self.index = index
        notices = NoticeSink(logger: core.logger)
    }

    /// Works until the pool is closed.
    func run() {
        while true {
            dropLostConnection()
            let order = core.state.withLockedValue { $0.next(worker: index, now: .now) }
            switch order {
            case .run(let waiter): run(waiter)
            case .connect: connect()
            case .wait(let end): core.sleep(worker: index, until: end)
            case .stop:
                connection?.close()
                return core.workerStopped()
            }
        }
    }

    /// Checks the connection before each body, so that a connection that died while idle does not fail a body.
    private func dropLostConnection() {
        guard let connection else { return }
        if core.isDistrusted(connection) { connection.close() }
        guard !connection.link.probe() else { return }
        self.connection = nil
        // The connection that noticed it has been logged already.
        let level: Logger.Level = core.isDistrusted(connection) ? .debug : .warning
        core.logger.log(level: level, "Postgres connection lost", metadata: metadata(connection))
        let retryAt = Instant.now + core.configuration.reconnectBackoff.wait(failures: 1)
        core.wake(core.state.withLockedValue { $0.lost(worker: index, retryAt: retryAt) })
    }

    private func connect() {
        do throws(PostgresError) {
            let opened = try PostgresConnection(
                core.parameters, core.configuration, attempt: failures, notices: notices, metrics: core.metrics)
            connection = opened
            failures = 0
            core.state.withLockedValue { $0.connected(worker: index) }
            if hasConnectedBefore {
                core.metrics.reconnects.increment()
                core.logger.info("Postgres connection opened again", metadata: metadata(opened))
            }
            hasConnectedBefore = true
        } catch {
            connectFailed(error)
        }
    }

    private func connectFailed(_ error: PostgresError) {
        failures += 1
        let delay = core.configuration.reconnectBackoff.wait(failures: failures)
        core.metrics.failed(.connection)
        // Once for each outage, not once for each attempt.
        core.logger.log(
            level: failures == 1 ? .warning : .debug, "Postgres connection failed",
            metadata: [
                "pool": "\(core.configuration.poolName)", "error": "\(error)", "failures": "\(failures)",
                "retry_in_ms": "\(delay.millisecondsRoundedUp)",
            ])
        let reason = error.detail ?? error.message
        core.wake(
            core.state.withLockedValue { $0.connectFailed(worker: index, reason: reason, retryAt: .now + delay) })
    }

    private func run(_ waiter: PoolCore.Waiter) {
        core.metrics.waiting.decrement()
        guard let connection else {
            // The state orders a body to run only on a worker that reported a connection.
            return waiter.job.fail(
                PostgresError(
                    .connection, code: PostgresError.Code.connectionLost, "The connection to Postgres is lost.",
                    at: waiter.job.place))
        }
        core.metrics.inUse.increment()
        let deliver = waiter.job.run(connection)
        core.metrics.inUse.decrement()
        if connection.isSpent, !core.isDistrusted(connection) {
            core.logger.warning(
                "Postgres ends its sessions or only reads, connections are made again", metadata: metadata(connection))
            core.distrustConnections()
        }
        core.state.withLockedValue { $0.finished(worker: index) }
        deliver()
    }

    private func metadata(_ connection: PostgresConnection) -> Logger.Metadata {
        ["pool": "\(core.configuration.poolName)", "connection": "\(connection.id)"]
    }
}
