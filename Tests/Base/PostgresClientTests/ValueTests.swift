import PostgresClient
import Testing

/// Values come back from the server unchanged, and are never taken for SQL.
@Suite(.timeLimit(.minutes(2))) struct ValueTests {
    static let nastyTexts = [
        "", " ", "plain", "it's", "\"quoted\"", "back\\slash", "\\N", "\\.", "NULL", "null", "tab\there", "line\nbreak",
        "\r\n", "snow ☃, clef 𝄞, e\u{301}, 日本", "{a,b}", "$1", "a,b", "';DROP TABLE users;--", "' OR '1'='1", "%s%n",
        "\u{1}\u{7f}\u{ffff}",
    ]

    @Test(arguments: nastyTexts) func textRoundTrip(text: String) async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let row = try await pool.withConnection { connection in
                try #require(
                    try connection.query(
                        "SELECT $1::text AS value, length($1::text) AS length, $2::text[] AS list",
                        [.text(text), .textArray([text, nil, text])]
                    ).first)
            }
            #expect(try row.string("value") == text)
            #expect(try row.int("length") == Int64(text.unicodeScalars.count))
            #expect(try row.textArray("list") == [text, nil, text])
        }
    }

    @Test func numbersAndTruth() async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            for number in [Int64.min, -1, 0, 1, 9_007_199_254_740_993, Int64.max] {
                let row = try await pool.withConnection {
                    try #require(try $0.query("SELECT $1::bigint", [.int(number)]).first)
                }
                #expect(try row.int(0) == number)
            }
            for number in [
                0.1, -0.0, 1e300, Double.leastNonzeroMagnitude, Double.greatestFiniteMagnitude, .infinity, -.infinity,
            ] {
                let row = try await pool.withConnection {
                    try #require(try $0.query("SELECT $1::float8", [.double(number)]).first)
                }
                #expect(try row.double(0).bitPattern == number.bitPattern)
            }
            let row = try await pool.withConnection {
                try #require(
                    try $0.query(
                        "SELECT $1::bool AS yes, $2::bool AS no, $3::float8 AS nan", [true, false, .double(.nan)]
                    ).first)
            }
            #expect(try row.bool("yes"))
            #expect(try !row.bool("no"))
            #expect(try row.double("nan").isNaN)
        }
    }

    @Test func arraysBytesAndDocuments() async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let row = try await pool.withConnection { connection in
                try #require(
                    try connection.query(
                        """
                        SELECT $1::bigint[] AS numbers, $2::bigint[] AS none, $3::text[] AS no_texts,
                               encode($4::bytea, 'escape') AS bytes, $5::jsonb ->> 'a' AS field,
                               ($6::text[])[2] IS NULL AS second_is_null, ($6::text[])[3] AS third
                        """,
                        [
                            .intArray([1, -2, .max]), .intArray([]), .textArray([]), .bytes([0, 1, 92, 255]),
                            .json(#"{"a":"it's \"b\""}"#), .textArray(["a", nil, "NULL"]),
                        ]
                    ).first)
            }
            #expect(try row.intArray("numbers") == [1, -2, .max])
            #expect(try row.intArray("none") == [])
            #expect(try row.textArray("no_texts") == [])
            #expect(try row.string("bytes") == #"\000\#u{1}\\\377"#)
            #expect(try row.string("field") == #"it's "b""#)
            #expect(try row.bool("second_is_null"))
            #expect(try row.string("third") == "NULL")
        }
    }

    @Test(
        arguments: [
            (-62_135_596_800_000, "0001-01-01 00:00:00.000"), (-1, "1969-12-31 23:59:59.999"),
            (0, "1970-01-01 00:00:00.000"),
            (951_782_400_000, "2000-02-29 00:00:00.000"), (1_790_000_000_123, "2026-09-21 14:13:20.123"),
            (4_107_542_399_999, "2100-02-28 23:59:59.999"), (253_402_300_799_999, "9999-12-31 23:59:59.999"),
        ] as [(Int64, String)])
    func timestamps(milliseconds: Int64, text: String) async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let row = try await pool.withConnection { connection in
                try #require(
                    try connection.query(
                        """
                        SELECT to_char($1::timestamptz AT TIME ZONE 'UTC', 'YYYY-MM-DD HH24:MI:SS.MS') AS text,
                               (extract(epoch FROM $1::timestamptz) * 1000)::bigint AS back
                        """, [.timestamp(milliseconds: milliseconds)]
                    ).first)
            }
            #expect(try row.string("text") == text)
            #expect(try row.int("back") == milliseconds)
        }
    }

    @Test func injectionStaysData() async throws {
        let table = fresh("users")
        try await TestServer.shared().withPool(size: 1) { pool in
            let names = try await pool.withConnection { connection in
                try connection.query("CREATE TABLE \(table) (name text)")
                let attack = "x'); DROP TABLE \(table); --"
                try connection.execute("INSERT INTO \(table) VALUES ($1)", [.text(attack)])
                // A call that takes parameters refuses two statements.
                #expect(throws: PostgresError.self) { try connection.query("SELECT 1; DROP TABLE \(table)") }
                return try connection.query("SELECT name FROM \(table)").rows.map { try $0.string("name") }
            }
            #expect(names == ["x'); DROP TABLE \(table); --"])
        }
    }

    @Test func valuesThatCannotBeSent() async throws {
        try await TestServer.shared().withPool(size: 1) { pool in
            let bad: [PostgresValue] = [
                .text("a\0b"), .textArray(["a\0b"]), .json("\0"), .timestamp(milliseconds: .max),
                .timestamp(milliseconds: -62_135_596_800_001),
            ]
            for value in bad {
                let error = try await postgresError {
                    try await pool.withConnection { _ = try $0.query("SELECT $1::text", [value]) }
                }
                #expect(error.kind == .misuse)
            }
            let many = [PostgresValue](repeating: 1, count: 65_536)
            let error = try await postgresError {
                try await pool.withConnection { _ = try $0.query("SELECT 1", many) }
            }
            #expect(error.kind == .misuse)
            let statement = try await postgresError {
                try await pool.withConnection { _ = try $0.query("SELECT 1\0 FROM nowhere") }
            }
            #expect(statement.kind == .misuse)
        }
    }
}
