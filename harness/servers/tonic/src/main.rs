//! grpc.testing.TestService on tonic, with the health and reflection services of the tonic project, in clear text.

mod echo;
mod test_service;

use std::{env, error::Error, net::Ipv4Addr};
use test_service::{FILE_DESCRIPTORS, TestService, TestServiceServer};
use tokio::signal::unix::{SignalKind, signal};
use tonic::{codec::CompressionEncoding, transport::Server};
use tonic_reflection::server::Builder as Reflection;

const USAGE: &str = "Usage: tonic-test-server --port PORT";

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let port = read_port().ok_or(USAGE)?;

    let test_service = TestServiceServer::new(TestService)
        .accept_compressed(CompressionEncoding::Gzip)
        .send_compressed(CompressionEncoding::Gzip);
    let (health_reporter, health) = tonic_health::server::health_reporter();
    health_reporter
        .set_serving::<TestServiceServer<TestService>>()
        .await;
    let reflection = || {
        Reflection::configure()
            .register_encoded_file_descriptor_set(FILE_DESCRIPTORS)
            .register_encoded_file_descriptor_set(tonic_health::pb::FILE_DESCRIPTOR_SET)
    };

    let mut terminated = signal(SignalKind::terminate())?;
    Server::builder()
        .layer(tower::layer::layer_fn(echo::Echo::new))
        .add_service(test_service)
        .add_service(health)
        .add_service(reflection().build_v1()?)
        .add_service(reflection().build_v1alpha()?)
        .serve_with_shutdown((Ipv4Addr::LOCALHOST, port).into(), async move {
            terminated.recv().await;
        })
        .await?;
    Ok(())
}

fn read_port() -> Option<u16> {
    let arguments: Vec<String> = env::args().skip(1).collect();
    match arguments.as_slice() {
        [name, port] if name == "--port" => port.parse().ok(),
        _ => None,
    }
}
