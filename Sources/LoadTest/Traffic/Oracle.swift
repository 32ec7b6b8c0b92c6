/// What an answer with status 200 says.
package struct Receipt: Sendable, Equatable {
    /// The score after the update.
    package var newScore: Int64
    /// The rank after it.
    package var rank: Int64
    /// Whether the action id had counted before.
    package var replayed: Bool

    /// A receipt.
    package init(newScore: Int64, rank: Int64, replayed: Bool) {
        self.newScore = newScore
        self.rank = rank
        self.replayed = replayed
    }
}

/// Stands outside and remembers what clients were told: the measure of what the board must hold. It sees nothing that a
/// client does not see. Pure.
package struct Oracle: Sendable {
    /// An action id that was accepted, and the first answer to it.
    package struct Accepted: Sendable, Equatable {
        /// Whose it is, by number.
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

    /// What one user was told.
    private struct User: Sendable {
        var accepted: Int64 = 0
        var unknown: Int64 = 0
        /// Of the scores in all receipts, in whatever order they came: the sum of their hashes.
        var scores: UInt64 = 0
    }

    /// Of the accepted action ids, how many are remembered to be repeated.
    private static let recentMax = 65_536
    /// Older ones are not repeated: an action id is good for ten minutes.
    private static let replayAgeMax = Duration.seconds(300)

    /// What the names of the run's users begin with.
    package let prefix: String
    private let points: Int64
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
    /// Action ids of which nobody knows whether they counted.
    package private(set) var unknown = 0

    /// Before the traffic.
    ///
    /// - Parameters:
    ///   - users: how many there are.
    ///   - prefix: what their names begin with, before the number.
    ///   - points: what each action is worth.
    package init(users: Int, prefix: String, points: Int64) {
        self.prefix = prefix
        self.points = points
        self.users = Array(repeating: User(), count: users)
    }

    /// A user's name; that of no other run.
    package func name(_ user: Int) -> String { "\(prefix)\(user)" }

    // MARK: What clients are told

    /// An action id was accepted.
    ///
    /// - Parameter mayBeReplay: whether an earlier attempt may have counted, unknown to the client.
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

    /// Nobody knows whether an action id counted, and there is no time to ask again.
    package mutating func leaveUnknown(user: Int) {
        unknown += 1
        users[user].unknown += 1
    }

    /// An action id to be repeated, drawn from the recent ones; nil where there is none.
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

    // MARK: What must be

    /// Holds the scores that the board shows against what clients were told.
    ///
    /// - Parameter scores: of all users of the run that the board shows, by number.
    package func compare(_ scores: [Int: Int64]) -> Differences {
        var differences = Differences()
        for (number, user) in users.enumerated() {
            let least = user.accepted * points
            let most = least + user.unknown * points
            switch scores[number] {
            case let score? where score < least || score > most || score == 0:
                differences.add("\(name(number)): \(least) accepted, and the board says \(score)")
            case nil where least > 0: differences.add("\(name(number)): \(least) accepted, and is not on the board")
            default: break
            }
        }
        for number in scores.keys.sorted() where !users.indices.contains(number) {
            differences.add("\(name(number)) is on the board, and never was")
        }
        return differences
    }

    /// The proofs about updates.
    ///
    /// - Parameter scores: what ``compare(_:)`` found, or why the board could not be read.
    package func proofs(scores: Differences) -> [Proof] {
        var receipts = receiptFaults
        for (number, user) in users.enumerated() where user.unknown == 0 {
            let steps = (0..<user.accepted).reduce(into: UInt64(0)) { $0 &+= Self.hash(($1 + 1) * points) }
            if user.scores != steps {
                receipts.add("\(name(number)): the scores in \(user.accepted) receipts are not one step each")
            }
        }
        var unknowns = Differences()
        for (number, user) in users.enumerated() where user.unknown > 0 {
            unknowns.add("\(name(number)): \(user.unknown)")
        }
        var proofs = [
            Proof(
                name: "exactly_once", statement: "each accepted action counted exactly once",
                basis: "\(users.count) users, \(accepted) actions, \(Int64(accepted) * points) points",
                differences: scores),
            Proof(
                name: "receipts", statement: "each receipt is a step of its own, and repeats got the first receipt",
                basis: "\(accepted) receipts, \(replays) repeats", differences: receipts),
            Proof(
                name: "outcomes", statement: "no outcome is left unknown", basis: "\(unknown) unknown",
                differences: unknowns),
        ]
        if refusals + refusalFaults.count > 0 {
            proofs.append(
                Proof(
                    name: "refusals", statement: "tampered action ids were refused",
                    basis: "\(refusals + refusalFaults.count) of them", differences: refusalFaults))
        }
        return proofs
    }
}
