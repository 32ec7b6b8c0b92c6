/// Remembers the answers to clients, and so knows which scores the board must hold. It sees nothing that a client does
/// not see. Pure.
package struct Oracle: Sendable {
    /// An action id that was accepted, and the first answer to it.
    package struct Accepted: Sendable, Equatable {
        /// The number of its user.
        package var user: Int
        /// The action id.
        package var actionID: String
        /// The first answer.
        package var receipt: Receipt
        /// When, from the beginning of the traffic.
        package var at: Duration

        /// An accepted action id.
        package init(user: Int, actionID: String, receipt: Receipt, at: Duration) {
            self.user = user
            self.actionID = actionID
            self.receipt = receipt
            self.at = at
        }
    }

    /// The answers to one user.
    private struct User: Sendable {
        var accepted: Int64 = 0
        var unknown: Int64 = 0
        /// The sum of the hashes of the scores in all receipts, independent of their order.
        var scores: UInt64 = 0
    }

    /// The number of accepted action ids that are kept for repeats.
    private static let recentMax = 65_536
    /// Older ones are not repeated: an action id is good for ten minutes.
    private static let replayAgeMax = Duration.seconds(300)

    /// The beginning of the names of the run's users.
    package let prefix: String
    private let points: Int64
    /// The score of each user before its first action.
    package let lead: Int64
    private var users: [User]
    private var recent: [Accepted] = []
    private var oldest = 0
    private var receiptFaults = Differences()
    private var refusalFaults = Differences()
    /// Different action ids that were accepted.
    package private(set) var accepted = 0
    /// Answers to repeated action ids.
    package private(set) var replays = 0
    /// Tampered action ids that were refused.
    package private(set) var refusals = 0
    /// Action ids whose outcome is unknown.
    package private(set) var unknown = 0

    /// Before the traffic.
    ///
    /// - Parameters:
    ///   - users: the number of users.
    ///   - prefix: the beginning of their names, before the number.
    ///   - points: the points of each action.
    ///   - lead: the points that each user got before.
    package init(users: Int, prefix: String, points: Int64, lead: Int64 = 0) {
        self.prefix = prefix
        self.points = points
        self.lead = lead
        self.users = Array(repeating: User(), count: users)
    }

    /// The name of a user, unique to this run.
    package func name(_ user: Int) -> String { "\(prefix)\(user)" }

    /// The owner of a name on the board.
    package enum Owner: Equatable {
        /// A user of the run, by number.
        case user(Int)
        /// It begins like the names of the run, but none of its users has it.
        case stranger
        /// Not of this run.
        case other
    }

    /// Finds the owner of a name on the board. Names are compared byte by byte: different names can be equal as
    /// `String`, and `Int` reads `+7` and `07` as 7.
    package func owner(of name: String) -> Owner {
        let bytes = name.utf8
        guard bytes.starts(with: prefix.utf8) else { return .other }
        let digits = bytes.dropFirst(prefix.utf8.count)
        guard (1...9).contains(digits.count), digits.allSatisfy({ (0x30...0x39).contains($0) }),
            digits.first != 0x30 || digits.count == 1
        else {
            return .stranger
        }
        let number = digits.reduce(0) { $0 * 10 + Int($1 - 0x30) }
        return users.indices.contains(number) ? .user(number) : .stranger
    }

    // MARK: Answers to clients

    /// An action id was accepted.
    ///
    /// - Parameter mayBeReplay: whether an earlier attempt may have counted without the client's knowledge.
    package mutating func accept(_ new: Accepted, mayBeReplay: Bool) {
        if new.receipt.replayed, !mayBeReplay {
            receiptFaults.add("the first answer to \(new.actionID) says that it is a replay")
        }
        accepted += 1
        users[new.user].accepted += 1
        users[new.user].scores &+= Self.hash(new.receipt.newScore)
        if recent.count < Self.recentMax {
            recent.append(new)
        } else {
            recent[oldest] = new
            oldest = (oldest + 1) % Self.recentMax
        }
    }

    /// An action id that was accepted before was sent again.
    package mutating func replay(_ first: Accepted, _ receipt: Receipt) {
        replays += 1
        if !receipt.replayed {
            receiptFaults.add("\(first.actionID) was counted again")
        } else if receipt.newScore != first.receipt.newScore || receipt.rank != first.receipt.rank {
            receiptFaults.add(
                "\(first.actionID) was answered with score \(first.receipt.newScore) and rank \(first.receipt.rank) "
                    + "first, then with \(receipt.newScore) and \(receipt.rank)")
        }
    }

    /// An action id that was accepted before was sent again and refused.
    package mutating func replayRefused(_ first: Accepted, _ answer: String) {
        receiptFaults.add("\(first.actionID) was accepted first, then refused with \(answer)")
    }

    /// A tampered action id was refused as it must be.
    package mutating func refuse() { refusals += 1 }

    /// A tampered action id got another answer.
    package mutating func notRefused(_ actionID: String, _ answer: String) {
        refusalFaults.add("\(actionID), which was tampered with, was answered with \(answer)")
    }

    /// The outcome of an action id is unknown, and there is no time to ask again.
    package mutating func leaveUnknown(user: Int) {
        unknown += 1
        users[user].unknown += 1
    }

    /// An action id to repeat, drawn from the recent ones; nil if there is none.
    package func earlier(draw: UInt64, at now: Duration) -> Accepted? {
        guard !recent.isEmpty else { return nil }
        let drawn = recent[Int(draw % UInt64(recent.count))]
        return now - drawn.at <= Self.replayAgeMax ? drawn : nil
    }

    /// Spreads a score over 64 bits (the finalizer of SplitMix64), so that sums of different sets of them differ.
    private static func hash(_ score: Int64) -> UInt64 {
        var bits = UInt64(bitPattern: score) &+ 0x9E37_79B9_7F4A_7C15
        bits = (bits ^ (bits >> 30)) &* 0xBF58_476D_1CE4_E5B9
        bits = (bits ^ (bits >> 27)) &* 0x94D0_49BB_1331_11EB
        return bits ^ (bits >> 31)
    }

    // MARK: Expectations

    /// Whether all users that must be on the board are among these.
    package func isComplete(_ scores: [Int: Int64]) -> Bool {
        users.indices.allSatisfy { scores[$0] != nil || !mustBeThere($0) }
    }

    private func mustBeThere(_ user: Int) -> Bool { lead > 0 || users[user].accepted > 0 }

    /// Compares the scores on the board with the answers to clients.
    ///
    /// - Parameter scores: the scores of all users of the run on the board, by number.
    package func compare(_ scores: [Int: Int64]) -> Differences {
        var differences = Differences()
        for (number, user) in users.enumerated() {
            let least = lead + user.accepted * points
            let most = least + user.unknown * points
            switch scores[number] {
            case let score? where score < least || score > most || score == 0:
                differences.add("\(name(number)): \(least) accepted, and the board says \(score)")
            case nil where mustBeThere(number):
                differences.add("\(name(number)): \(least) accepted, and is not on the board")
            default: break
            }
        }
        return differences
    }

    /// The proofs about updates.
    ///
    /// - Parameters:
    ///   - scores: the result of ``compare(_:)``, or the reason why the board could not be read.
    ///   - tally: the sent requests, which say how much evidence there should be.
    ///   - read: the part of the board that was read, in words.
    package func proofs(scores: Differences, tally: UpdateTally, read: String = "") -> [Proof] {
        let nothing =
            tally.accepted == 0
            ? "nothing was accepted during the traffic: mend what made the updates fail, or let it last longer" : nil
        var proofs = [
            Proof(
                name: "exactly_once", statement: "each accepted action counted exactly once",
                basis: "\(users.count) users, \(accepted) actions, \(Int64(accepted) * points) points"
                    + (lead > 0 ? " over a lead of \(lead)" : "") + read,
                differences: scores, vacuous: nothing),
            Proof(
                name: "receipts", statement: "each receipt is a step of its own, and repeats got the first receipt",
                basis: "\(accepted) receipts, \(replays) repeats", differences: receiptDifferences,
                vacuous: nothing ?? replaysMissing(tally)),
            Proof(
                name: "outcomes", statement: "no outcome is left unknown",
                basis: "\(unknown) unknown of \(tally.sent)", differences: unknownDifferences,
                vacuous: tally.sent == 0 ? "nothing was sent: let the traffic last longer" : nil),
        ]
        if tally.invalidSent + refusals + refusalFaults.count > 0 {
            let isMissing = refusals + refusalFaults.count == 0
            proofs.append(
                Proof(
                    name: "refusals", statement: "tampered action ids were refused",
                    basis: "\(refusals + refusalFaults.count) of them", differences: refusalFaults,
                    vacuous: isMissing
                        ? "none of \(tally.invalidSent) tampered action ids was judged: mend what made the updates fail"
                        : nil))
        }
        return proofs
    }

    private var receiptDifferences: Differences {
        var differences = receiptFaults
        for (number, user) in users.enumerated() where user.unknown == 0 {
            let steps = (0..<user.accepted).reduce(into: UInt64(0)) { $0 &+= Self.hash(lead + ($1 + 1) * points) }
            if user.scores != steps {
                differences.add("\(name(number)): the scores in \(user.accepted) receipts are not one step each")
            }
        }
        return differences
    }

    private var unknownDifferences: Differences {
        var differences = Differences()
        for (number, user) in users.enumerated() where user.unknown > 0 {
            differences.add("\(name(number)): \(user.unknown)")
        }
        return differences
    }

    private func replaysMissing(_ tally: UpdateTally) -> String? {
        guard tally.replaysSent > 0, replays == 0, receiptFaults.count == 0 else { return nil }
        return
            "none of \(tally.replaysSent) repeats was answered: let the traffic last longer, or set updates.replays "
            + "to 0"
    }
}
