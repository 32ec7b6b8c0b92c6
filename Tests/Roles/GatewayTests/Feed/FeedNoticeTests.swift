import Gateway
import NIOCore
import Testing

/// Which notices a session is sent, by the number of the last one that it heard.
@Suite struct FeedNoticeTests {
    @Test("A session hears of a change of what holds, and nothing of changes that it missed both ends of")
    func table() {
        let rows: [(heard: UInt32, number: UInt32, type: String?)] = [
            // 0: it has heard nothing, so for it the node receives changes.
            (0, 1, "stale"), (0, 2, nil), (0, 3, "stale"), (0, 4, nil),
            (1, 1, nil), (1, 2, "current"), (1, 3, "stale"), (1, 4, "current"),
            (2, 2, nil), (2, 3, "stale"), (2, 4, nil),
        ]
        for (heard, number, type) in rows {
            let notice = FeedNotice(number: number, since: 17)
            let words = notice.frame(after: heard, as: .events).map { String(buffer: $0) }
            let since = type == "stale" ? #","since":17"# : ""
            let expected = type.map { "data: {\"type\":\"\($0)\"\(since)}\n\n" }
            #expect(words == expected, "heard \(heard), now \(number)")
        }
    }
}
