#ifndef CSQLITE_SETTINGS_H
#define CSQLITE_SETTINGS_H

// Here in C since Swift cannot call a function with a variable number of arguments.

/// Lets SQLite stop counting the memory that it uses, for which it takes a lock at each allocation, some hundred a row.
///
/// To be called before this process uses SQLite.
/// Returns SQLite's result code: `SQLITE_MISUSE` if SQLite is in use already, and then all is as before.
int csqlite_stop_counting_memory(void);

struct sqlite3;

/// Lets a connection run no triggers; those of other connections stay as they are. Statements made before are made anew.
///
/// Returns SQLite's result code.
int csqlite_run_no_triggers(struct sqlite3 *connection);

#endif
