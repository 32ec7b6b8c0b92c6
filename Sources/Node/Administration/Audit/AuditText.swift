import Leaderboard
import StrictJSON

/// What an audit found, for the terminal. Pure.
public struct AuditText: Sendable {
    private let findings: AuditFindings

    /// - Parameter findings: all findings of an audit.
    package init(_ findings: AuditFindings) {
        self.findings = findings
    }

    /// Whether everything was compared and agrees. Irregular increments do not matter.
    public var isClean: Bool { findings.isClean }

    /// One JSON document.
    public var json: String {
        var bytes: [UInt8] = []
        JSONWriter.append(to: &bytes) { findings.write(to: &$0) }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// Lines for people.
    public var lines: String {
        var lines = [
            "\(findings.rankings) rankings with \(findings.entries) entries, \(findings.events) rows of the ledger."
        ]
        lines += findings.differences.map(Self.line)
        lines += Self.more(findings.differenceCount, findings.differences.count, "differences")
        lines += findings.irregularities.map(Self.line)
        lines += Self.more(findings.irregularityCount, findings.irregularities.count, "irregular increments")
        lines += findings.leftOut.map { "Not compared: board \($0.id): \($0.reason)." }
        if findings.undecided > 0 {
            lines.append(
                "Undecided: \(findings.undecided) entries changed each time they were looked at, or the ledger did "
                    + "not reach them. Does a persister run?")
        }
        lines.append(
            "\(findings.differenceCount) differences, \(findings.irregularityCount) irregular increments.")
        return lines.joined(separator: "\n")
    }

    private static func more(_ count: Int, _ listed: Int, _ name: String) -> [String] {
        count > listed ? ["… and \(count - listed) more \(name)."] : []
    }

    private static func line(_ difference: AuditDifference) -> String {
        let ranking = "\(difference.ranking.board):\(difference.ranking.window):\(difference.ranking.period)"
        let user = difference.userID.isEmpty ? "" : " user \(shown(difference.userID))"
        let held = [("Redis", difference.redis), ("scores", difference.scores), ("ledger", difference.ledger)]
            .compactMap { name, reached in reached.map { "\(name) \($0.score) (event \($0.seq))" } }
        let facts = held.isEmpty ? "" : " [\(held.joined(separator: ", "))]"
        return "Difference: \(ranking)\(user): \(difference.reason)\(facts)"
    }

    private static func line(_ found: Irregularity) -> String {
        let events =
            found.firstSeq == found.lastSeq
            ? "event \(found.firstSeq)" : "\(found.updates) updates, events \(found.firstSeq) to \(found.lastSeq)"
        let head = "Irregular: board \(found.board) user \(shown(found.userID)), \(events): "
        switch found.rule {
        case .tooLarge:
            return head + "\(number(found.measured)) points by \(found.action ?? "-"), bound \(number(found.bound))"
        case .tooFast:
            return head + "\(number(found.measured)) updates in a second, bound \(number(found.bound))"
        case .tooRegular:
            return head + "intervals of \(number(found.intervalMilliseconds ?? 0)) ms vary by "
                + "\(number(found.measured)), people by more than \(number(found.bound))"
        }
    }

    /// At most four decimals.
    private static func number(_ value: Double) -> String {
        let rounded = (value * 10_000).rounded() / 10_000
        guard rounded == rounded.rounded(), abs(rounded) < 1e15 else { return "\(rounded)" }
        return "\(Int64(rounded))"
    }

    /// User ids come from clients: no control characters reach the terminal.
    private static func shown(_ userID: String) -> String {
        String(
            String.UnicodeScalarView(userID.unicodeScalars.map { $0.properties.generalCategory == .control ? "?" : $0 })
        )
    }
}
