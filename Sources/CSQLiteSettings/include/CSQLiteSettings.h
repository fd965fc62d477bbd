#ifndef CSQLITE_SETTINGS_H
#define CSQLITE_SETTINGS_H

/// Lets SQLite stop counting the memory that it uses, for which it takes a lock at each allocation, some hundred a row.
/// Here in C since Swift cannot call a function with a variable number of arguments.
///
/// To be called before this process uses SQLite.
/// Returns SQLite's result code: `SQLITE_MISUSE` if SQLite is in use already, and then all is as before.
int csqlite_stop_counting_memory(void);

#endif
