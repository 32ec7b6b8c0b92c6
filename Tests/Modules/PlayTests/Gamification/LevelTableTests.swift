import Play
import Testing

/// Levels by points.
struct LevelTableTests {
    @Test(arguments: [
        (Int64.min, 1), (-1, 1), (0, 1), (99, 1), (100, 2), (299, 2), (300, 3), (600, 4), (494_999, 99), (495_000, 100),
        (.max, 100),
    ])
    func `points make a level`(_ points: Int64, _ level: Int) {
        #expect(LevelTable.level(of: points) == level)
    }

    @Test
    func `the last level has no next one`() {
        #expect(LevelTable.nextPoints(after: 1) == 100)
        #expect(LevelTable.nextPoints(after: 99) == 495_000)
        #expect(LevelTable.nextPoints(after: 100) == nil)
    }
}
