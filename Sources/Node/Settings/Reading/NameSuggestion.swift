/// Finds the known name that a mistyped one most likely means.
enum NameSuggestion {
    /// Longer names are not compared: the work is the product of both lengths.
    private static let lengthLimit = 64

    /// The nearest of `known`, or nil if none is near: at most a third of the letters are wrong (two are always
    /// allowed), or else a known name has all of the words (`PORT` for `HTTP_PORT`).
    static func nearest(to name: String, among known: [String]) -> String? {
        let letters = Array(name.utf8)
        guard !letters.isEmpty, letters.count <= lengthLimit else { return nil }
        let allowed = max(2, letters.count / 3)
        let best = known.map { (name: $0, distance: distance(letters, Array($0.utf8))) }.min {
            $0.distance < $1.distance
        }
        if let best, best.distance <= min(allowed, letters.count - 1) { return best.name }

        let words = Set(name.split(separator: "_"))
        return known.filter { words.isSubset(of: Set($0.split(separator: "_"))) }.min { $0.count < $1.count }
    }

    /// Optimal string alignment: insertions, deletions, substitutions and swaps of neighbours that turn `a` into `b`.
    static func distance(_ a: [UInt8], _ b: [UInt8]) -> Int {
        var beforePrevious: [Int] = []
        var previous = Array(0...b.count)
        for i in a.indices {
            var current = [i + 1]
            for j in b.indices {
                let substitution = previous[j] + (a[i] == b[j] ? 0 : 1)
                var cost = min(substitution, previous[j + 1] + 1, current[j] + 1)
                if i > 0, j > 0, a[i] == b[j - 1], a[i - 1] == b[j] {
                    cost = min(cost, beforePrevious[j - 1] + 1)
                }
                current.append(cost)
            }
            beforePrevious = previous
            previous = current
        }
        return previous[b.count]
    }
}
