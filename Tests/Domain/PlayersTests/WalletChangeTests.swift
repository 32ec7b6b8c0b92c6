import Players
import Testing

/// Which change a balance allows.
struct WalletChangeTests {
    private static let max = Wallet.balanceMax

    private func decide(_ way: WalletChange.Way, _ balance: Int64) -> WalletChange.Decision {
        WalletChange(userID: "u", currency: .coins, way: way, reason: "r", reference: "x").decision(balance: balance)
    }

    @Test func credits() {
        #expect(decide(.credit(5), 10) == .add(5) && decide(.credit(5), -10) == .add(5))
        #expect(decide(.credit(0), 10) == .outOfBounds && decide(.credit(-5), 10) == .outOfBounds)
        #expect(decide(.credit(1), Self.max) == .outOfBounds && decide(.credit(.max), 1) == .outOfBounds)
    }

    @Test func spends() {
        #expect(decide(.spend(10), 10) == .add(-10) && decide(.spend(11), 10) == .insufficient)
        #expect(decide(.spend(1), -5) == .insufficient && decide(.spend(-1), 10) == .outOfBounds)
        #expect(decide(.spend(0), 10) == .outOfBounds && decide(.spend(.min), 10) == .outOfBounds)
    }

    /// Only these may leave a negative balance.
    @Test func adjusts() {
        #expect(decide(.adjust(-15), 10) == .add(-15) && decide(.adjust(0), 10) == .nothing)
        #expect(decide(.adjust(.min), 0) == .outOfBounds && decide(.adjust(-1), -Self.max) == .outOfBounds)
    }

    @Test func sets() {
        #expect(decide(.set(3), 10) == .add(-7) && decide(.set(10), 10) == .nothing && decide(.set(0), -4) == .add(4))
        #expect(decide(.set(.max), 10) == .outOfBounds)
    }
}
