//! The command line.

use std::process::ExitCode;

use ava::server::{Config, logs, start};
use clap::{Parser, Subcommand};

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ava's onboarding: one server, one PostgreSQL.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Clone, Copy, Subcommand)]
enum Command {
    /// Runs the server (the default)
    Serve,
    /// Applies the migrations and stops
    Migrate,
    /// Seals every stored secret anew under ENCRYPTION_KEY; ENCRYPTION_KEYS_OLD opens the former
    RotateKeys,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    // Before the runtime, whose threads then know where errors go.
    let _sent_at_the_end = logs::start(&config);
    run(arguments.command.unwrap_or(Command::Serve), config)
}

#[tokio::main]
async fn run(command: Command, config: Config) -> ExitCode {
    let done = match command {
        Command::Serve => start::serve(config).await,
        Command::Migrate => start::migrate(config).await,
        Command::RotateKeys => match start::rotate_keys(config).await {
            Ok(rotation) => {
                println!(
                    "{} sealed anew, {} already current, {} unreadable",
                    rotation.resealed, rotation.already_current, rotation.unreadable
                );
                if rotation.unreadable > 0 {
                    return ExitCode::FAILURE;
                }
                Ok(())
            }
            Err(error) => Err(error),
        },
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => fail(&error),
    }
}

fn fail(error: &dyn std::error::Error) -> ExitCode {
    eprintln!("ava: {error}");
    ExitCode::FAILURE
}
