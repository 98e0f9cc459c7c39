//! The command line.

use std::process::ExitCode;

use ava::server::Config;
use ava::server::start;
use clap::{Parser, Subcommand};
use tracing_subscriber::EnvFilter;

#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// Ava's onboarding: one server, one PostgreSQL.
#[derive(Parser)]
#[command(version)]
struct Arguments {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Subcommand)]
enum Command {
    /// Runs the server (the default)
    Serve,
    /// Applies the migrations and stops
    Migrate,
    /// Seals every stored secret anew under ENCRYPTION_KEY; ENCRYPTION_KEYS_OLD opens the former
    RotateKeys,
}

#[tokio::main]
async fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let filter = EnvFilter::try_from_default_env()
        .unwrap_or_else(|_| EnvFilter::new("info,sqlx=warn,reqwest_retry=error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
    let config = match Config::from_env() {
        Ok(config) => config,
        Err(error) => return fail(&error),
    };
    let done = match arguments.command.unwrap_or(Command::Serve) {
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
