import Foundation
import Leaderboard
import Logging
import ServiceLifecycle

/// Runs audits by a schedule. On several nodes, one of them runs each audit.
public struct AuditJob: Service {
    private let audit: Audit
    private let record: any AuditRecord
    private let catalogue: any CatalogueSource
    private let calendar: PeriodCalendar
    private let logger: Logger
    private let now: @Sendable () -> Int64
    private let metrics = AuditMetrics()

    /// The longest sleep. A clock that was put right is noticed after it.
    private static let sleepMax: Int64 = 60_000
    /// How late an audit may begin, in ms. If the node slept for longer, it waits for the next time.
    private static let lateMax: Int64 = 600_000

    /// - Parameters:
    ///   - audit: the audit.
    ///   - record: where audits are recorded.
    ///   - catalogue: the current boards and actions.
    ///   - schedule: when an audit begins, in UTC.
    ///   - now: returns the time in ms since 1970.
    public init(
        audit: Audit, record: any AuditRecord, catalogue: any CatalogueSource, schedule: CronSchedule, logger: Logger,
        now: @escaping @Sendable () -> Int64
    ) {
        self.audit = audit
        self.record = record
        self.catalogue = catalogue
        calendar = PeriodCalendar(Window(name: "audit", kind: .cron(schedule)), zone: .gmt)
        self.logger = logger
        self.now = now
    }

    /// Works until graceful shutdown or cancellation. A shutdown ends an audit that runs.
    public func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled, let time = calendar.period(at: now())?.endsAt {
                guard await sleep(until: time) else { return }
                if now() < time + Self.lateMax { await runOne(scheduledFor: time) }
            }
            // A schedule has a next time for 400 years. Without one there is nothing to do until the end.
            while !Task.isCancelled { try? await Task.sleep(for: .milliseconds(Self.sleepMax)) }
        }
    }

    /// Returns false if the task was cancelled.
    private func sleep(until time: Int64) async -> Bool {
        while !Task.isCancelled {
            let left = time - now()
            if left <= 0 { return true }
            try? await Task.sleep(for: .milliseconds(min(left, Self.sleepMax)))
        }
        return false
    }

    /// Runs one audit, unless another node does.
    package func runOne(scheduledFor time: Int64) async {
        do throws(StoreError) {
            guard let number = try await record.begin(scheduledFor: time) else { return }
            await run(number)
        } catch {
            failed(error)
        }
    }

    private func run(_ number: Int64) async {
        let start = ContinuousClock.now
        do throws(StoreError) {
            let findings: AuditFindings
            do throws(StoreError) {
                guard let catalogue = catalogue.current else {
                    throw StoreError(.unavailable, "the catalogue is not loaded yet")
                }
                let boards = catalogue.boards.values.sorted { $0.id < $1.id }
                findings = try await audit.run(boards, actions: catalogue.actions)
            } catch {
                try? await record.end(number, AuditFindings(), failure: error.description)
                throw error
            }
            try await record.end(number, findings, failure: nil)
            metrics.record(findings, took: ContinuousClock.now - start)
            tell(findings, number)
        } catch {
            failed(error)
        }
    }

    private func tell(_ findings: AuditFindings, _ number: Int64) {
        let metadata: Logger.Metadata = [
            "audit": "\(number)", "rankings": "\(findings.rankings)", "entries": "\(findings.entries)",
            "events": "\(findings.events)", "differences": "\(findings.differenceCount)",
            "undecided": "\(findings.undecided)", "irregularities": "\(findings.irregularityCount)",
            "left_out": "\(findings.leftOut.map(\.description).joined(separator: ", "))",
        ]
        if findings.isClean {
            logger.info("Audit: Redis, scores and the ledger agree", metadata: metadata)
        } else {
            logger.error("Audit: not everything agrees, see the table audit_findings", metadata: metadata)
        }
    }

    private func failed(_ error: StoreError) {
        guard !Task.isCancelled else { return }
        metrics.recordFailure()
        logger.warning("An audit did not come to its end", metadata: ["error": "\(error)"])
    }
}
