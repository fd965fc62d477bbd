import ARMModel

/// Names of environment variables that steer a shell, a loader or an interpreter.
///
/// The machine's agent sets every parameter of a managed command as a variable of the process that starts the script
/// (run-command handler for Linux 1.3.28), so such a parameter turns a fixed script into any other.
package enum SteeringNames {
    /// Compared without case, but a name that is all in lower case is another variable to a shell or loader of Linux,
    /// and an everyday name for a parameter (`path`, `env`, `home`): it is let through.
    private static let names = """
        PATH IFS ENV HOME SHELL PWD OLDPWD CDPATH BASH SHELLOPTS SHLVL PS0 PS1 PS2 PS3 PS4 PROMPT_COMMAND PROMPT_DIRTRIM \
        GLOBIGNORE EXECIGNORE FIGNORE FUNCNEST TMOUT TIMEFORMAT OPTIND OPTERR OPTARG POSIXLY_CORRECT INPUTRC HISTFILE \
        HISTCONTROL CHILD_MAX COMP_WORDBREAKS FCEDIT EDITOR VISUAL PAGER MANPAGER BROWSER ZDOTDIR FPATH MAIL MAILPATH \
        TMPDIR TMP TEMP TZ TZDIR LANG LANGUAGE LOCPATH NLSPATH GCONV_PATH GETCONF_DIR HOSTALIASES LOCALDOMAIN \
        RES_OPTIONS RESOLV_HOST_CONF GLIBC_TUNABLES TERM TERMCAP TERMINFO TERMINFO_DIRS TERMPATH LIBPATH SHLIB_PATH \
        CLASSPATH JAVA_TOOL_OPTIONS JAVA_OPTS JDK_JAVA_OPTIONS _JAVA_OPTIONS PHPRC PHP_INI_SCAN_DIR TCLLIBPATH AWKPATH \
        AWKLIBPATH MAKEFLAGS MAKEFILES MFLAGS GNUMAKEFLAGS CURL_HOME CURL_CA_BUNDLE WGETRC REQUESTS_CA_BUNDLE \
        KRB5_CONFIG APT_CONFIG TAR_OPTIONS GREP_OPTIONS GZIP BZIP BZIP2 XZ_OPT XZ_DEFAULTS ZSTD_CLEVEL UNZIP ZIPOPT \
        GNUPGHOME NETRC KUBECONFIG GCC_EXEC_PREFIX COMPILER_PATH LIBRARY_PATH CPATH LESSOPEN LESSCLOSE LESS _ \
        COLUMNS LINES UID EUID PPID USER LOGNAME HOSTNAME
        """.split(separator: " ").map(String.init)
    private static let prefixes = """
        BASH_ BASHOPTS LD_ DYLD_ LC_ MALLOC_ PYTHON PERL RUBY GEM_ BUNDLE_ NODE_ NPM_ LUA_ GIT_ SSH_ SUDO_ RSYNC_ DBUS_ \
        XDG_ SYSTEMD_ OPENSSL_ SSL_ GUILE_ KSH_ ASAN_ LSAN_ UBSAN_ TSAN_ RPM_ DPKG_ DOCKER_
        """.split(separator: " ").map(String.init)
    /// In any case: Windows compares names without it, and the network tools of Linux read the small spelling.
    private static let anyCaseNames = """
        PATHEXT COMSPEC SYSTEMROOT WINDIR PSMODULEPATH PSMODULEANALYSISCACHEPATH PSEXECUTIONPOLICYPREFERENCE \
        HTTP_PROXY HTTPS_PROXY FTP_PROXY ALL_PROXY NO_PROXY RSYNC_PROXY
        """.split(separator: " ").map(String.init)
    private static let anyCasePrefixes = ["COR_", "CORECLR_", "COMPLUS_", "DOTNET_", "__PSLOCKDOWN", "NPM_CONFIG_"]

    /// A name, as the place of its bytes among all of them.
    private struct Entry: Sendable {
        var bytes: Range<Int>
        var isPrefix: Bool
        var isAnyCase: Bool
    }

    /// In one piece, and by first letter, since this stands on the way of every parameter.
    private struct Table: Sendable {
        /// All names in lower case, one behind the other.
        var bytes: [UInt8] = []
        /// The names that begin with a byte, by that byte.
        var entries: [[Entry]] = Array(repeating: [], count: 256)

        init() {
            for (list, isPrefix, isAnyCase) in [
                (names, false, false), (prefixes, true, false), (anyCaseNames, false, true),
                (anyCasePrefixes, true, true),
            ] {
                for name in list {
                    let start = self.bytes.count
                    self.bytes += name.utf8.map(ASCIICase.lower)
                    self.entries[Int(self.bytes[start])].append(
                        Entry(bytes: start..<self.bytes.count, isPrefix: isPrefix, isAnyCase: isAnyCase))
                }
            }
        }
    }

    private static let table = Table()

    package static func contains(_ name: String) -> Bool {
        name.withBytes { bytes in
            guard let first = bytes.first else { return false }
            let candidates = self.table.entries[Int(ASCIICase.lower(first))]
            if candidates.isEmpty { return false }
            let isLowerCase = !bytes.contains { $0 >= 0x41 && $0 <= 0x5A } && !(bytes.count == 1 && first == 0x5F)
            return candidates.contains { entry in
                guard entry.isAnyCase || !isLowerCase, bytes.count >= entry.bytes.count,
                    entry.isPrefix || bytes.count == entry.bytes.count
                else { return false }
                return self.isFound(entry.bytes, at: bytes)
            }
        }
    }

    /// Whether a name begins with the bytes of an entry that is not longer.
    private static func isFound(_ entry: Range<Int>, at name: UnsafeBufferPointer<UInt8>) -> Bool {
        for place in entry where self.table.bytes[place] != ASCIICase.lower(name[place - entry.lowerBound]) {
            return false
        }
        return true
    }
}
