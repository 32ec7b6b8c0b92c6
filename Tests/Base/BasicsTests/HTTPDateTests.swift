import Basics
import Testing

@Suite struct HTTPDateTests {
    private static let known: [(Int64, String)] = [
        (784_111_777, "Sun, 06 Nov 1994 08:49:37 GMT"), (1_709_164_800, "Thu, 29 Feb 2024 00:00:00 GMT"),
        (0, "Thu, 01 Jan 1970 00:00:00 GMT"), (1_795_213_519, "Fri, 20 Nov 2026 22:25:19 GMT"),
        (946_684_799, "Fri, 31 Dec 1999 23:59:59 GMT"),
    ]

    @Test(arguments: known)
    func isWrittenAndRead(_ seconds: Int64, _ text: String) {
        #expect(HTTPDate.text(seconds: seconds) == text)
        #expect(HTTPDate.seconds(text) == Int(seconds))
    }

    @Test func now() throws {
        let before = WallClock.milliseconds() / 1000
        let now = Int64(try #require(HTTPDate.seconds(HTTPDate.now())))
        #expect((before...WallClock.milliseconds() / 1000).contains(now))
    }
}
