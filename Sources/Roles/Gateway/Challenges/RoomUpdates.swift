import Leaderboard
import Players

/// Keeps the messages of a challenge room apart: the first change goes out at once, later ones at most ten times a
/// second, the latest of each member. If only the number of members has changed, at most once a second. Pure; times are
/// ms of any one clock that does not go back.
package struct RoomUpdates {
    /// The least time between two messages, in ms.
    package static let interval: Int64 = 100
    /// The least time to a message that only tells the number of members, in ms.
    package static let presenceInterval: Int64 = 1000
    /// Members of one message, and members whose latest progress is kept. Stops a large room from filling the memory.
    package static let membersMax = 1000
    /// The same in bytes of their JSON. A message that tells all of them stays below the 1 MiB that clients read.
    package static let bytesMax = 768 * 1024

    /// The next step.
    package enum Action: Equatable, Sendable {
        /// Call `take` now.
        case send
        /// Call `take` at this time.
        case wait(until: Int64)
        case nothing
    }

    /// A member's latest progress, and the number of the message that told it.
    private struct Latest {
        let progress: RoomProgress
        var sequence: UInt64

        /// What it takes in a message, about.
        var bytes: Int { 64 + progress.userID.utf8.count + (progress.state?.utf8.count ?? 0) }
    }

    /// The number of the last message.
    package private(set) var sequence: UInt64
    /// How many members there are, on all gateways.
    package private(set) var present = 0
    private var latest: [ByteExact: Latest] = [:]
    private var latestBytes = 0
    private var pending: Set<ByteExact> = []
    private var presenceIsNews = false
    private var notBefore = Int64.min
    private var presenceNotBefore = Int64.min
    private var wake: Int64?

    /// Nothing has happened yet.
    ///
    /// - Parameter sequence: the number before that of the first message. A room that was left and is followed again
    ///   must begin above all numbers that it had.
    package init(after sequence: UInt64 = 0) {
        self.sequence = sequence
    }

    /// A member has come further.
    package mutating func record(_ progress: RoomProgress, at now: Int64) -> Action {
        let user = ByteExact(progress.userID)
        if let known = latest[user], known.progress.stamp >= progress.stamp { return .nothing }
        if latest[user] == nil, pending.count >= Self.membersMax { return .nothing }
        let news = Latest(progress: progress, sequence: .max)
        latestBytes += news.bytes - (latest[user]?.bytes ?? 0)
        latest[user] = news
        pending.insert(user)
        forgetOldest()
        return next(at: now)
    }

    /// The number of members is this.
    package mutating func record(present count: Int, at now: Int64) -> Action {
        guard count != present else { return .nothing }
        present = count
        presenceIsNews = true
        return next(at: now)
    }

    /// Whether progress of this member is known.
    package func knows(_ userID: String) -> Bool { latest[ByteExact(userID)] != nil }

    /// Joins the state that a play node has told with what messages told since, the later of each member. Without this,
    /// a member could get earlier progress of somebody after a later one.
    ///
    /// - Parameter sequence: the number of the last message when the play node was asked.
    /// - Returns: the state, and the number of the last message that tells nothing newer.
    package func merge(_ told: [RoomProgress], since sequence: UInt64) -> (progress: [RoomProgress], sequence: UInt64) {
        var progress = told.map { each in
            guard let known = latest[ByteExact(each.userID)], known.progress.stamp > each.stamp else { return each }
            return known.progress
        }
        var done: Set<ByteExact> = []
        for each in told { done.insert(ByteExact(each.userID)) }
        for (member, known) in latest where known.sequence > sequence && !done.contains(member) {
            progress.append(known.progress)
        }
        // Clients take no longer list. The messages since then tell the rest.
        guard progress.count <= Self.membersMax else { return (told, sequence) }
        return (progress, self.sequence)
    }

    /// Takes what is to be sent; nil if nothing is due. After that, `next` says when to call again.
    package mutating func take(at now: Int64) -> RoomNews? {
        wake = nil
        guard let due, due <= now else { return nil }
        sequence += 1
        for user in pending { latest[user]?.sequence = sequence }
        let news = RoomNews(
            sequence: sequence, present: present, progress: latest.values.map { ($0.progress, $0.sequence) })
        pending = []
        presenceIsNews = false
        notBefore = now + Self.interval
        presenceNotBefore = now + Self.presenceInterval
        return news
    }

    /// What to do now.
    package mutating func next(at now: Int64) -> Action {
        guard let due else { return .nothing }
        guard due > now else { return .send }
        if let wake, wake <= due { return .nothing }
        wake = due
        return .wait(until: due)
    }

    private var due: Int64? {
        if !pending.isEmpty { return notBefore }
        return presenceIsNews ? max(notBefore, presenceNotBefore) : nil
    }

    /// Forgets the members whose progress was told first, if there are too many.
    private mutating func forgetOldest() {
        while latest.count > Self.membersMax || latestBytes > Self.bytesMax,
            let oldest = latest.min(by: { $0.value.sequence < $1.value.sequence })
        {
            latest[oldest.key] = nil
            latestBytes -= oldest.value.bytes
            pending.remove(oldest.key)
        }
    }
}

/// What a message of a room tells, and what the last messages told.
package struct RoomNews: Sendable {
    /// The number of the message.
    package let sequence: UInt64
    /// How many members there are.
    package let present: Int
    /// The latest progress of members, each with the number of the message that told it.
    let progress: [(RoomProgress, UInt64)]

    /// The progress that was told after the message with this number, the latest of each member.
    package func progress(after sequence: UInt64) -> [RoomProgress] {
        progress.lazy.filter { $0.1 > sequence }.map(\.0)
    }
}
