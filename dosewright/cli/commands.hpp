// The commands: arguments to calls. This is the only floor that prints.
//
// Exit codes: 0 done; 1 a check of our own failed (a ledger that does not replay); 2 bad input or
// output that cannot be written; 130 interrupted.
#pragma once

#include <cstdint>
#include <string>

namespace CLI {
class App;
}

namespace dosewright::cli {

inline constexpr int kExitDone = 0;
inline constexpr int kExitFailed = 1;
inline constexpr int kExitBadInput = 2;
inline constexpr int kExitInterrupted = 130;

inline constexpr const char* kVersion = "0.1.0";
inline constexpr const char* kDisclaimer =
    "For research. Not a medical device: not for decisions about the care of a person.";

// Each adds its subcommands to the application; a chosen command writes its exit code.
void add_programme_commands(CLI::App& app, int& exit_code);
void add_verify_commands(CLI::App& programme_group, int& exit_code);  // verify, diff
void add_draw_command(CLI::App& programme_group, int& exit_code);
void add_trial_command(CLI::App& app, int& exit_code);
void add_decide_command(CLI::App& app, int& exit_code);
void add_audit_command(CLI::App& app, int& exit_code);
void add_storage_command(CLI::App& app, int& exit_code);
void add_signal_command(CLI::App& app, int& exit_code);
void add_calibrate_command(CLI::App& app, int& exit_code);
void add_refine_command(CLI::App& app, int& exit_code);
void add_molecule_commands(CLI::App& app, int& exit_code);
// Parts of `dosewright molecule`; the group's own command adds them.
void add_molecule_draw_command(CLI::App& group, int& exit_code);
void add_molecule_ladder_command(CLI::App& group, int& exit_code);
void add_molecule_match_command(CLI::App& group, int& exit_code);
void add_molecule_hybrid_command(CLI::App& group, int& exit_code);
void add_molecule_scan_command(CLI::App& group, int& exit_code);  // and `pack`
void add_simulate_command(CLI::App& app, int& exit_code);

// The whole program: what main() calls, and tests too.
int run(int argc, const char* const* argv);

}  // namespace dosewright::cli
