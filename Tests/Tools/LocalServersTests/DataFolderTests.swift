import Foundation
import LocalServers
import TestSupport
import Testing

@Suite("The data folder of scorecast up") struct DataFolderTests {
    private static func folder() throws -> DataFolder {
        DataFolder(path: try makeTestFolder("data") + "/a b/.scorecast")
    }

    @Test("one process has it at a time")
    func claim() async throws {
        let folder = try Self.folder()
        let claim = try await folder.claim()
        await #expect(throws: LocalServerError.folderInUse(path: folder.path)) { _ = try await folder.claim() }
        claim.release()
        try await folder.claim().release()
    }

    @Test("keys are made once, for their owner's eyes alone")
    func secrets() throws {
        let folder = try Self.folder()
        #expect(try folder.existingSecrets() == nil)
        let made = try folder.secrets()
        #expect(Set(made.keys) == ["SCORECAST_JWT_SECRET", "SCORECAST_ACTION_KEYS"])
        #expect(try folder.secrets() == made && folder.existingSecrets() == made)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.secretsFile)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test("the administrator's password is made once, for its owner's eyes alone, and fits into a command")
    func adminPassword() throws {
        let folder = try Self.folder()
        let made = try folder.adminPassword()
        #expect(
            made.utf8.count == 24 && made.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber || "-_".contains($0)) }
        )
        #expect(try folder.adminPassword() == made)
        let attributes = try FileManager.default.attributesOfItem(atPath: folder.adminPasswordFile)
        #expect((attributes[.posixPermissions] as? NSNumber)?.intValue == 0o600)
    }

    @Test("keys that cannot be read are not made again", .enabled(if: geteuid() != 0, "root reads everything"))
    func unreadable() throws {
        let folder = try Self.folder()
        let made = try folder.secrets()
        #expect(chmod(folder.secretsFile, 0) == 0)
        #expect(throws: LocalServerError.self) { try folder.secrets() }
        #expect(throws: LocalServerError.self) { try folder.existingSecrets() }
        #expect(chmod(folder.secretsFile, 0o600) == 0)
        #expect(try folder.secrets() == made)
    }

    @Test("a folder in the place of the keys is an error, and no reason for new ones")
    func notAFile() throws {
        let folder = try Self.folder()
        try Files.makeFolder(folder.secretsFile)
        #expect(throws: (any Error).self) { try folder.secrets() }
    }

    @Test("the address is there while something runs")
    func address() throws {
        let folder = try Self.folder()
        _ = try folder.secrets()
        #expect(folder.address() == nil)
        folder.noteAddress("http://127.0.0.1:8080")
        #expect(folder.address() == "http://127.0.0.1:8080")
        folder.noteAddress(nil)
        folder.noteAddress(nil)
        #expect(folder.address() == nil)
    }

    @Test(
        "an error of the system says what to do",
        arguments: [(EACCES, "--data"), (EROFS, "read-only"), (ENOSPC, "room"), (ENOTDIR, "file")])
    func remedies(_ code: Int32, _ word: String) {
        let error = LocalServerError.system(call: "mkdir", subject: "/x", code: code)
        #expect(error.description.contains("/x") && error.description.contains(word))
    }
}
