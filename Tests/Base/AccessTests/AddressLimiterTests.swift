import Access
import Basics
import Testing

/// The coarse limit of client addresses.
struct AddressLimiterTests {
    private static func address(_ number: Int) throws -> ClientAddress {
        try #require(ClientAddress(bytes: (0..<4).map { UInt8(truncatingIfNeeded: number >> (24 - 8 * $0)) }))
    }

    @Test func oneAddressHasItsShare() throws {
        let limiter = AddressLimiter(limit: RateLimit(count: 3, periodMilliseconds: 3_000))
        let (one, other) = (try Self.address(1), try Self.address(2))
        #expect((0..<4).map { _ in limiter.admit(one, now: 0) } == [nil, nil, nil, 1_000])
        #expect(limiter.admit(other, now: 0) == nil)
        #expect(limiter.admit(one, now: 999_000) == 1)
        #expect(limiter.admit(one, now: 1_000_000) == nil)
    }

    /// Whoever comes from more addresses than are remembered must not make each request look through all of them: with
    /// IPv6 that many addresses are one customer's.
    @Test func moreAddressesThanAreRemembered() throws {
        // One address cools down for each that comes, so that there is always room for just one or two.
        let limiter = AddressLimiter(
            limit: RateLimit(count: 1, periodMilliseconds: Int64(AddressLimiter.addressesMax) - 1))
        let step: Int64 = 1_000
        let start = ContinuousClock.now
        for number in 0..<(3 * AddressLimiter.addressesMax) {
            #expect(limiter.admit(try Self.address(number), now: Int64(number) * step) == nil)
        }
        // Some 65000 looks through 65536 entries each would take most of a minute.
        #expect(ContinuousClock.now - start < .seconds(15))
    }
}
