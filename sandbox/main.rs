//! The sandbox as a program: `cargo run --example sandbox --features ssr`. Vapi's base address is then
//! `http://127.0.0.1:3300/vapi`, Twilio's `http://127.0.0.1:3300/twilio`.

#[path = "mod.rs"]
mod sandbox;

use std::net::SocketAddr;

use axum::serve::ListenerExt;
use clap::Parser;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};

/// Vapi and Twilio for trying and testing, without accounts.
#[derive(Parser)]
struct Options {
    /// The address to listen on.
    #[arg(long, default_value = "127.0.0.1:3300")]
    listen: SocketAddr,
}

#[tokio::main]
async fn main() -> std::io::Result<()> {
    let options = Options::parse();
    let listener = TcpListener::bind(options.listen).await?;
    let address = listener.local_addr()?;
    let listener = listener.tap_io(|tcp| {
        let _ = tcp.set_nodelay(true);
    });
    let router = sandbox::Sandbox::new().router();
    let mut terminate = signal(SignalKind::terminate())?;
    println!("sandbox: http://{address}/vapi and http://{address}/twilio");
    // Calls that are held back are not waited for.
    tokio::select! {
        served = axum::serve(listener, router) => served,
        interrupted = tokio::signal::ctrl_c() => interrupted,
        _ = terminate.recv() => Ok(()),
    }
}
