import Glibc

/// Starts a program by `posix_spawn`, apart from everything the simulator has open or set.
enum ScriptSpawning {
    struct Failure: Error, CustomStringConvertible {
        var description: String
    }

    struct Spawned {
        var pid: pid_t
        /// The reading ends; the caller owns them.
        var stdout: CInt
        var stderr: CInt
    }

    static func spawn(arguments: [String], variables: [ScriptRun.Variable], directory: String) throws -> Spawned {
        let (out, err) = (try Self.pipe(), try Self.pipe())
        defer {
            close(out.write)
            close(err.write)
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, 0, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out.write, 1)
        posix_spawn_file_actions_adddup2(&actions, err.write, 2)
        try Self.isolate(&actions, directory: directory)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        // A service runner ignores or blocks signals; a script must start with none of that.
        var all = sigset_t()
        var none = sigset_t()
        sigfillset(&all)
        sigemptyset(&none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK))

        var pid: pid_t = 0
        let environment = Self.environment(variables)
        let result = Self.withCStrings(arguments) { argv in
            Self.withCStrings(environment) { envp in posix_spawn(&pid, "/bin/bash", &actions, &attributes, argv, envp) }
        }
        guard result == 0 else {
            close(out.read)
            close(err.read)
            throw Failure(description: "The script could not be started: \(String(cString: strerror(result))).")
        }
        return Spawned(pid: pid, stdout: out.read, stderr: err.read)
    }

    private static func environment(_ variables: [ScriptRun.Variable]) -> [String] {
        var last: [String: String] = [:]
        for variable in variables where !variable.name.isEmpty && !variable.name.contains("=") {
            last[variable.name] = variable.value
        }
        return last.map { "\($0.key)=\($0.value)" }
    }

    private static func pipe() throws -> (read: CInt, write: CInt) {
        var ends: [CInt] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw Failure(description: "No pipe for the script: \(String(cString: strerror(errno))).")
        }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    /// Has the child close everything from descriptor 3 on and change to its directory.
    ///
    /// Both calls are glibc's own (2.34 and 2.29), which the Swift overlay does not show: they are looked up by name.
    private static func isolate(_ actions: inout posix_spawn_file_actions_t, directory: String) throws {
        typealias CloseFrom = @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, CInt) -> CInt
        typealias ChangeDirectory =
            @convention(c) (UnsafeMutablePointer<posix_spawn_file_actions_t>, UnsafePointer<CChar>) -> CInt
        guard let closeFrom = dlsym(nil, "posix_spawn_file_actions_addclosefrom_np"),
            let changeDirectory = dlsym(nil, "posix_spawn_file_actions_addchdir_np"),
            unsafeBitCast(closeFrom, to: CloseFrom.self)(&actions, 3) == 0,
            unsafeBitCast(changeDirectory, to: ChangeDirectory.self)(&actions, directory) == 0
        else { throw Failure(description: "This system cannot start a script apart from the simulator's own files.") }
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let copies = texts.map { strdup($0) }
        defer { for copy in copies { free(copy) } }
        return body(copies + [nil])
    }
}
