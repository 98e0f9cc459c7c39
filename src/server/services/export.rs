//! A customer's data to take away.

use sqlx::PgPool;
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio_stream::StreamExt;
use uuid::Uuid;

use crate::server::Error;
use crate::server::store::export;

/// A part of the document; an error in its middle cuts it off.
pub type Part = Result<String, Error>;

/// All that is kept of a customer, as one JSON object with a list for each table, read while it is sent.
#[must_use]
pub fn of(pool: PgPool, user: Uuid) -> Receiver<Part> {
    let (sender, receiver) = channel(16);
    tokio::spawn(async move {
        tracing::info!(%user, "data exported");
        if let Err(error) = write(&pool, user, &sender).await {
            tracing::warn!(%user, %error, "an export was cut off");
            let _ = sender.send(Err(error)).await;
        }
    });
    receiver
}

async fn write(pool: &PgPool, user: Uuid, sender: &Sender<Part>) -> Result<(), Error> {
    let mut connection = pool.acquire().await?;
    let mut before = '{';
    for (table, owner) in export::TABLES {
        let sql = export::statement(table, owner);
        let mut text = format!("{before}\n\"{table}\":[");
        let mut rows = std::pin::pin!(export::rows(&mut connection, &sql, user));
        let mut is_first = true;
        while let Some(row) = rows.next().await {
            let between = if is_first { "\n" } else { ",\n" };
            text.push_str(between);
            text.push_str(&row?);
            is_first = false;
            if sender.send(Ok(std::mem::take(&mut text))).await.is_err() {
                // Whoever asked is gone.
                return Ok(());
            }
        }
        text.push(']');
        let _ = sender.send(Ok(text)).await;
        before = ',';
    }
    let _ = sender.send(Ok("\n}\n".to_owned())).await;
    Ok(())
}
