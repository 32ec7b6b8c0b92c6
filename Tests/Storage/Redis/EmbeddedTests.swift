import Foundation
import PostgresClient
import RedisClient
import Storage
import TestSupport
import Testing

/// All files of the folders are compiled into the binary, unchanged.
struct EmbeddedTests {
    private let root = Checkout.root

    private func files(_ folder: String) throws -> [String: String] {
        let names = try FileManager.default.contentsOfDirectory(atPath: root.appending(path: folder).path)
        return try Dictionary(
            uniqueKeysWithValues: names.map { name in
                (name, try String(contentsOf: root.appending(path: folder).appending(path: name), encoding: .utf8))
            })
    }

    @Test("The embedded scripts are the files of lua/, each with its shebang")
    func scripts() throws {
        let embedded = Dictionary(uniqueKeysWithValues: Scripts.all.map { ($0.name + ".lua", $0.source) })
        // The script apply is made of three files.
        var files = try files("lua")
        var parts: [String] = []
        for name in ["apply_rankings.lua", "apply_limits.lua"] {
            let part = files.removeValue(forKey: name)
            parts.append(try #require(part))
        }
        files["apply.lua"]?.replace("#!lua\n", with: "#!lua\n" + parts.joined(), maxReplacements: 1)
        #expect(files == embedded)
        // The shebang lets Redis refuse a script before it starts.
        #expect(embedded.values.allSatisfy { $0.hasPrefix("#!lua") })
    }

    @Test("The embedded migrations are the files of migrations/")
    func migrations() throws {
        let embedded = Migrations.all.map { migration in
            let number = String(migration.number)
            return (String(repeating: "0", count: 4 - number.count) + "\(number)_\(migration.name).sql", migration.sql)
        }
        #expect(try files("migrations") == Dictionary(uniqueKeysWithValues: embedded))
        #expect(Migrations.all.map(\.number) == Array(1...Migrations.all.count))
    }
}
