import Basics
import Testing

@Suite struct TimestampTests {
    @Test(
        "RFC 3339 in UTC, within the years that it can hold",
        arguments: [
            (0, "1970-01-01T00:00:00.000Z"), (1_790_000_000_000, "2026-09-21T14:13:20.000Z"),
            (951_782_399_999, "2000-02-28T23:59:59.999Z"), (951_782_400_000, "2000-02-29T00:00:00.000Z"),
            (951_826_154_007, "2000-02-29T12:09:14.007Z"), (1_795_214_100_123, "2026-11-20T22:35:00.123Z"),
            (-1, "1969-12-31T23:59:59.999Z"), (4_107_542_399_999, "2100-02-28T23:59:59.999Z"),
            (4_107_542_400_000, "2100-03-01T00:00:00.000Z"), (Int64.max, "9999-12-31T23:59:59.999Z"),
            (Int64.min, "0000-01-01T00:00:00.000Z"),
        ] as [(Int64, String)])
    func text(_ milliseconds: Int64, _ expected: String) {
        #expect(Timestamp.text(milliseconds: milliseconds) == expected)
    }

    @Test("the same with another separator and another name for UTC")
    func otherForm() {
        let text = Timestamp.text(milliseconds: 1_795_214_100_123, separator: " ", zone: "+00")
        #expect(text == "2026-11-20 22:35:00.123+00")
    }
}
