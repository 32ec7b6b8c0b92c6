import Leaderboard
import Testing

/// The partitions of boards. The values must never change, because a board would be empty in another partition.
struct PartitioningTests {
    /// FNV-1a, 64 bits, of the group, modulo the count. The values were computed independently.
    @Test(
        "FNV-1a, 64 bits, of the group, modulo the count; computed apart",
        arguments: [
            ("global", 0x7fb43557b54149ce), ("a", 0xaf63dc4c8601ec8c), ("", 0xcbf29ce484222325),
            ("foobar", 0x85944171f73967e8), ("weekly-cup", 0x0398d5cb93392a83), ("ünïcode", 0xb1b0d40350a25beb),
        ] as [(String, UInt64)])
    func knownValues(_ group: String, _ hash: UInt64) {
        for count in 1...64 {
            let partition = Partitioning(count: count).partition(of: Board(id: "any", group: group))
            #expect(partition == Int(hash % UInt64(count)))
        }
    }

    @Test func theGroupDecides() {
        let partitioning = Partitioning()
        #expect(partitioning.count == 16)
        #expect(partitioning.partition(of: .global) == 14)
        let together = Set((0..<100).map { partitioning.partition(of: Board(id: "board-\($0)", group: "arena")) })
        #expect(together == [8])
        // A board without a group is a group of its own.
        #expect(partitioning.partition(of: Board(id: "arena")) == 8)
        #expect(partitioning.partition(of: Board(id: "arena", top: 100)) == 8)
    }

    @Test("No partition gets more than a few times its share", arguments: [2, 16, 64])
    func spread(_ count: Int) {
        let partitioning = Partitioning(count: count)
        var boards = Array(repeating: 0, count: count)
        for number in 0..<10_000 { boards[partitioning.partition(of: Board(id: "board-\(number)"))] += 1 }
        let share = 10_000 / count
        #expect(boards.allSatisfy { $0 > share / 2 && $0 < share * 2 }, "\(boards)")
    }

    @Test func allOfThem() {
        #expect(Array(Partitioning(count: 3).all) == [0, 1, 2])
        #expect(Partitioning(count: 1).partition(of: .global) == 0)
    }
}
