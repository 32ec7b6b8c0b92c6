import Access
import Signing
import Testing

/// All that a node knows: what it tells its event loops, and when it does not know.
@Suite struct CredentialBookTests {
    private static let ids = (0..<6).map { _ in SessionID.random() }

    /// A look at a complete list on the process `a`.
    private static func reading(
        _ sessions: [Int] = [], from time: Int64 = 1, completion: String = "1", run: String = "a", tag: String? = "t",
        keys: [APIKeyRecord]? = nil, hasMore: Bool = false
    ) -> CredentialReading {
        var reading = CredentialReading()
        (reading.server, reading.run, reading.completion) = ("a", run, completion)
        reading.beat = time + 100
        reading.sessions = sessions.enumerated().map { .init(ids[$1], time: time + Int64($0)) }
        (reading.keysTag, reading.keys, reading.hasMore) = (tag, keys, hasMore)
        return reading
    }

    @Test func tellsWhatIsNew() {
        var book = CredentialBook(readsPrimary: true)
        #expect(!book.knows(now: 0))
        var news = book.take(Self.reading([0, 1], keys: []), askedAt: 1_000, now: 1_050)
        #expect(news.ended == [Self.ids[0], Self.ids[1]] && news.keys == [] && news.knownUntil == 3_000)
        #expect(book.position.completion == "1" && book.position.time == 2 && book.position.keysTag == "t")
        #expect(book.knows(now: 2_999) && !book.knows(now: 3_000))
        // The same again is nothing new; a look without proof does not take the last one back.
        news = book.take(Self.reading([1, 2], from: 2), askedAt: 1_200, now: 1_250)
        #expect(news.ended == [Self.ids[2]] && news.keys == nil && news.knownUntil == 3_200)
        news = book.take(Self.reading(from: 9, run: "b"), askedAt: 1_400, now: 1_450)
        #expect(news.isEmpty && book.knows(now: 3_199) && !book.knows(now: 3_200))
    }

    @Test func knowsNothingWithoutKeysOrBeforeTheEnd() {
        var book = CredentialBook(readsPrimary: true)
        #expect(book.take(Self.reading(tag: nil), askedAt: 0, now: 0).knownUntil == nil)
        #expect(book.take(Self.reading(keys: nil), askedAt: 0, now: 0).knownUntil == nil, "keys that cannot be read")
        #expect(book.take(Self.reading([0], keys: [], hasMore: true), askedAt: 0, now: 0).knownUntil == nil)
        #expect(book.take(Self.reading([1], from: 5), askedAt: 0, now: 0).knownUntil == 2_000)
    }

    @Test func beginsAgainWithEachCompletion() {
        var book = CredentialBook(readsPrimary: true)
        _ = book.take(Self.reading([0], from: 1_000, keys: []), askedAt: 0, now: 0)
        #expect(book.notShared([Self.ids[0], Self.ids[1]]) == [Self.ids[1]])
        // The time of the new list is lower than that of the old one.
        let news = book.take(Self.reading([1], from: 3, completion: "2"), askedAt: 0, now: 0)
        #expect(news.ended == [Self.ids[1]] && book.position.time == 3)
        // The new list may lack what the old one had.
        #expect(book.notShared([Self.ids[0], Self.ids[1]]) == [Self.ids[0]])
        #expect(book.sessions.contains(Self.ids[0]))
    }

    @Test func doesNotKnowWhileItIsFull() {
        let kept = EndedSessions.keptMilliseconds
        var book = CredentialBook(readsPrimary: true, sessionsMax: 3)
        var news = book.take(Self.reading([0, 1, 2, 3], keys: []), askedAt: 0, now: 0)
        #expect(news.ended.count == 3 && news.knownUntil == nil && book.position.time == 3)
        #expect(book.note([Self.ids[4]], now: 1).ended == [])
        news = book.take(Self.reading([3], from: 4), askedAt: kept - 1, now: kept - 1)
        #expect(news.isEmpty && !book.knows(now: kept - 1))
        news = book.take(Self.reading([3], from: 4), askedAt: kept, now: kept)
        #expect(news.forgotten.count == 3 && news.ended == [Self.ids[3]] && news.knownUntil == kept + 2_000)
    }

    @Test func takesInWhatPostgresSays() {
        var book = CredentialBook(readsPrimary: true)
        #expect(book.note([Self.ids[0]], now: 0).ended == [Self.ids[0]])
        #expect(book.note([Self.ids[0]], now: 0).isEmpty && book.notShared([Self.ids[0]]) == [Self.ids[0]])
        #expect(book.take(Self.reading([0], keys: []), askedAt: 0, now: 0).ended == [])
        #expect(book.notShared([Self.ids[0]]) == [])
    }
}
