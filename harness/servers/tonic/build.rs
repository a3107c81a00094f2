//! Makes code and descriptors of grpc.testing.TestService from the repository's own .proto files.

use protox::prost::Message;
use std::{env, error::Error, fs, path::PathBuf};

fn main() -> Result<(), Box<dyn Error>> {
    let protos = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?).join("../../../protos");
    println!(
        "cargo:rerun-if-changed={}",
        protos.join("grpc/testing").display()
    );
    let files = protox::compile(["grpc/testing/test.proto"], [protos])?;
    // For the reflection service.
    fs::write(
        PathBuf::from(env::var("OUT_DIR")?).join("descriptors.bin"),
        files.encode_to_vec(),
    )?;
    tonic_prost_build::configure()
        .build_client(false)
        .compile_fds(files)?;
    Ok(())
}
