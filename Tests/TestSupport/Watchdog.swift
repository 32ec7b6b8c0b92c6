import Foundation
import LocalServers

/// A shell that waits for the end of a process, for whatever reason it ends, and then cleans up.
package enum Watchdog {
    /// Starts one for a folder: when the result is released, it stops every process whose id is in a file `server.pid`
    /// in the folder, and removes the folder.
    package static func start(over path: String) throws -> Descriptor {
        var ends: [Int32] = [0, 0]
        guard pipe(&ends) == 0 else { throw LocalServerError.system(call: "pipe", subject: path, code: errno) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        let lifeline = Descriptor(ends[1])
        let command = ChildProcess.Command("/bin/sh", ["-c", script, "scorecast-watchdog", path])
        let null = try Files.open("/dev/null", O_WRONLY)
        _ = try ChildProcess.spawn(command, input: Descriptor(ends[0]), output: null)
        return lifeline
    }

    /// SIGINT is a quick and clean end for redis-server, postgres and scorecast alike; a process that has not ended
    /// after five seconds is killed. A pid file is empty when its process was stopped properly.
    private static let script = """
        root=$1
        each() {
            for file in "$root"/*/server.pid "$root"/*/*/server.pid "$root"/*/*/*/server.pid; do
                if read -r pid < "$file" && [ "$pid" -gt 1 ]; then "$@" "$pid"; fi
            done 2> /dev/null
        }
        alive() { kill -0 "$1" && echo "$1"; }
        cat > /dev/null
        each kill -INT
        tries=0
        while [ -n "$(each alive)" ] && [ $tries -lt 50 ]; do
            sleep 0.1
            tries=$((tries + 1))
        done
        each kill -KILL
        tries=0
        while ! rm -rf "$root" && [ $tries -lt 20 ]; do
            sleep 0.1
            tries=$((tries + 1))
        done
        """
}
