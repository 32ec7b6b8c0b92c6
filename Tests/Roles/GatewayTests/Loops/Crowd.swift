import Basics
import Gateway
import Leaderboard
import TestSupport

/// Members of all rooms of a window, and for each of them what it has, kept in the simplest way. Says of each message
/// whether it was the one that was owed.
final class Crowd {
    /// The state that a client has, as far as it knows.
    private enum Having: Equatable {
        case nothing
        case claim(ResumePoint)
        case version(epoch: String, number: Int64, period: String)
    }

    private final class Client {
        let member = TestMember()
        let key: RoomKey
        let room: LoopRoom
        let seat: Seat
        var having: Having
        /// Its list; nil while it has claimed a state that this test did not give it.
        var users: [String]?
        var leavesNext = false

        init(_ rooms: WindowRooms, _ key: RoomKey, resume: ResumePoint?) {
            self.key = key
            room = rooms.room(key, .events)
            seat = room.enter(member, resume: resume)
            having = resume.map { .claim($0) } ?? .nothing
            users = nil
        }
    }

    private(set) var problems: [String] = []
    private(set) var messageCount = 0
    private let rooms = WindowRooms()
    private var clients: [Client] = []
    private var publisher: TestPublisher
    private let historyVersionsMax: Int
    /// The versions of the epoch that were published, the latest last.
    private var published: [Int64] = []
    /// Those of them that are of the current period.
    private var publishedInPeriod: [Int64] = []
    private var epoch = 0
    private var period = 0
    private let keys = [
        TestPublisher.key(.full, limit: 2), TestPublisher.key(.delta, limit: 5), TestPublisher.key(.delta, limit: 3),
    ]

    init(historyVersionsMax: Int) {
        self.historyVersionsMax = historyVersionsMax
        publisher = TestPublisher(historyVersionsMax: historyVersionsMax)
    }

    // MARK: Events

    /// One event.
    func step(using random: inout SplitMix64) {
        switch Int.random(in: 0..<20, using: &random) {
        case 0..<4: enter(using: &random)
        case 4: if let client = clients.randomElement(using: &random) { leave(client) }
        case 5: rejoin(using: &random)
        case 6..<9:
            guard let client = clients.randomElement(using: &random) else { return }
            client.member.isWritable.toggle()
            if client.member.isWritable { catchUp(client) }
        case 9: clients.randomElement(using: &random)?.leavesNext = true
        case 10..<14: publish(using: &random)
        default: push(slice: Int.random(in: 1...6, using: &random))
        }
        noticeSilentDeliveries()
    }

    /// All take what they are owed.
    func settle() {
        while rooms.isDue { push(slice: 64) }
        for client in clients {
            client.member.isWritable = true
            catchUp(client)
        }
        noticeSilentDeliveries()
        guard let top = publisher.latest?.top else { return }
        let latest = version(of: top)
        for client in clients {
            check(client.having == latest, "\(client.having) at the end, not \(latest)")
            guard let users = client.users else { continue }
            check(users == expectedUsers(client), "a list of \(users) at the end")
        }
    }

    private func enter(using random: inout SplitMix64) {
        guard clients.count < 12, let key = keys.randomElement(using: &random) else { return }
        let client = Client(rooms, key, resume: claim(using: &random))
        client.member.onMessage = { [unowned self, unowned client] in take($0, client) }
        clients.append(client)
        catchUp(client)
    }

    private func rejoin(using random: inout SplitMix64) {
        guard let client = clients.randomElement(using: &random) else { return }
        let claim = claim(using: &random)
        client.room.rejoin(client.seat, resume: claim)
        client.having = claim.map { .claim($0) } ?? .nothing
        client.users = nil
        catchUp(client)
    }

    /// A state that a client says it has: none, one that there was, or one that there was not.
    private func claim(using random: inout SplitMix64) -> ResumePoint? {
        switch Int.random(in: 0..<4, using: &random) {
        case 0: nil
        case 1: ResumePoint(epoch: "x", version: 1)
        case 2: ResumePoint(epoch: "e\(epoch)", version: (published.last ?? 0) + .random(in: -1...1, using: &random))
        default: ResumePoint(epoch: "e\(epoch)", version: published.randomElement(using: &random) ?? 0)
        }
    }

    private func leave(_ client: Client) {
        client.room.leave(client.seat)
        rooms.removeIfEmpty(client.room)
        clients.removeAll { $0 === client }
    }

    private func publish(using random: inout SplitMix64) {
        let former = publisher.latest
        let owing = former == nil ? 0 : clients.count { lacks($0, former?.top) }
        if Int.random(in: 0..<12, using: &random) == 0 {
            epoch += 1
            (published, publishedInPeriod) = ([], [])
        }
        if Int.random(in: 0..<12, using: &random) == 0 {
            period += 1
            publishedInPeriod = []
        }
        // Some versions are passed over, and are never published.
        let version = (published.last ?? 0) + .random(in: 1...2, using: &random)
        var users = (0..<6).map { "u\($0)" }
        users.shuffle(using: &random)
        let publication = publisher.publish(
            "e\(epoch)", version, period: "p\(period)", users: Array(users.prefix(4)))
        published.append(version)
        publishedInPeriod.append(version)
        let passedOver = rooms.take(publication)
        check(passedOver == owing, "\(passedOver.map(String.init) ?? "nil") passed over, not \(owing)")
        check(rooms.take(publication) == nil, "the same version was taken twice")
    }

    private func push(slice: Int) {
        let before = messageCount
        let sent = rooms.push(slice: slice)
        check(messageCount - before == sent && sent <= slice, "\(sent) were counted, \(messageCount - before) sent")
    }

    private func catchUp(_ client: Client) {
        let before = messageCount
        let hasSent = client.room.catchUp(client.seat)
        check(messageCount - before == (hasSent ? 1 : 0), "a message of catching up was counted wrongly")
    }

    // MARK: Owed versions

    private func take(_ message: TestMessage, _ client: Client) {
        messageCount += 1
        check(client.member.isWritable, "a message to a member that takes none")
        let owed = owed(to: client)
        check(message.words == owed, "\(message.words) instead of \(owed ?? "nothing") for \(client.having)")
        if message.from == nil || client.users != nil {
            client.users = message.users(after: client.users ?? [])
            check(client.users == expectedUsers(client), "\(message.words) led to \(client.users ?? [])")
        }
        client.having = .version(epoch: message.epoch, number: message.version, period: message.period)
        if client.leavesNext { leave(client) }
    }

    /// The words of the message that a client is owed; nil for none.
    private func owed(to client: Client) -> String? {
        guard let top = publisher.latest?.top else { return nil }
        let name = "\(top.epoch):\(top.version)"
        var whole = "snapshot"
        if case .version(_, _, top.period) = client.having, client.key.mode == .full { whole = "update" }
        let known: Int64?
        switch client.having {
        case .nothing: known = nil
        case .claim(let point): known = point.epoch == top.epoch && point.version <= top.version ? point.version : nil
        case .version(let epoch, let number, let period):
            known = epoch == top.epoch && period == top.period ? number : nil
        }
        guard let known else { return "\(whole) \(name)" }
        if known == top.version { return nil }
        guard client.key.mode == .delta else { return "\(whole) \(name)" }
        let isRemembered = publishedInPeriod.suffix(historyVersionsMax).contains(known)
        return isRemembered ? "delta \(top.epoch):\(known)>\(top.version)" : "snapshot \(name)"
    }

    private func version(of top: Top) -> Having {
        .version(epoch: top.epoch, number: top.version, period: top.period)
    }

    private func lacks(_ client: Client, _ top: Top?) -> Bool {
        client.having != top.map(version)
    }

    private func expectedUsers(_ client: Client) -> [String]? {
        publisher.latest?.top.entries.prefix(client.key.limit).map(\.userID)
    }

    /// A client that has what it claimed gets no message, and from then on is as if it had got one.
    private func noticeSilentDeliveries() {
        guard let publication = publisher.latest else { return }
        let top = publication.top
        for client in clients where lacks(client, top) && !client.seat.lacks(publication) {
            check(client.having == .claim(ResumePoint(epoch: top.epoch, version: top.version)), "a lost message")
            client.having = version(of: top)
            client.users = expectedUsers(client)
        }
    }

    private func check(_ holds: Bool, _ problem: @autoclosure () -> String) {
        if !holds { problems.append(problem()) }
    }
}
