//! The handlers of grpc.testing.TestService.

use async_stream::try_stream;
use std::{pin::Pin, time::Duration};
use tokio::time::sleep;
use tokio_stream::Stream;
use tonic::{Code, Request, Response, Status, Streaming};

mod generated {
    tonic::include_proto!("grpc.testing");
}

pub use generated::test_service_server::TestServiceServer;
use generated::{
    BoolValue, EchoStatus, Empty, Payload, PayloadType, ResponseParameters, SimpleRequest,
    SimpleResponse, StreamingInputCallRequest, StreamingInputCallResponse,
    StreamingOutputCallRequest, StreamingOutputCallResponse, test_service_server,
};

/// The FileDescriptorSet of the service.
pub const FILE_DESCRIPTORS: &[u8] = tonic::include_file_descriptor_set!("descriptors");

/// Larger answers are refused: one small request shall not make the server hold gigabytes.
const MAX_RESPONSE_SIZE: usize = 64 * 1024 * 1024;

type Answers = Pin<Box<dyn Stream<Item = Result<StreamingOutputCallResponse, Status>> + Send>>;

/// `expect_compressed` has no effect: tonic does not tell a handler whether a message was compressed.
pub struct TestService;

#[tonic::async_trait]
impl test_service_server::TestService for TestService {
    type StreamingOutputCallStream = Answers;
    type FullDuplexCallStream = Answers;
    type HalfDuplexCallStream = Answers;

    async fn empty_call(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        Ok(Response::new(Empty {}))
    }

    async fn unary_call(
        &self,
        request: Request<SimpleRequest>,
    ) -> Result<Response<SimpleResponse>, Status> {
        let request = request.into_inner();
        check_asked_status(request.response_status)?;
        let mut response = Response::new(SimpleResponse {
            payload: Some(zeros(request.response_size)?),
            ..SimpleResponse::default()
        });
        // Without this every answer is compressed that the client can read so.
        if request.response_compressed != Some(BoolValue { value: true }) {
            response.disable_compression();
        }
        Ok(response)
    }

    async fn cacheable_unary_call(
        &self,
        request: Request<SimpleRequest>,
    ) -> Result<Response<SimpleResponse>, Status> {
        self.unary_call(request).await
    }

    async fn streaming_input_call(
        &self,
        request: Request<Streaming<StreamingInputCallRequest>>,
    ) -> Result<Response<StreamingInputCallResponse>, Status> {
        let mut requests = request.into_inner();
        let mut aggregated_payload_size: i32 = 0;
        while let Some(request) = requests.message().await? {
            let size = request.payload.map_or(0, |payload| payload.body.len());
            // The field is an int32; what does not fit wraps around, as in the servers of other languages.
            aggregated_payload_size = aggregated_payload_size.wrapping_add(size as i32);
        }
        Ok(Response::new(StreamingInputCallResponse {
            aggregated_payload_size,
        }))
    }

    async fn streaming_output_call(
        &self,
        request: Request<StreamingOutputCallRequest>,
    ) -> Result<Response<Answers>, Status> {
        let request = request.into_inner();
        Ok(Response::new(Box::pin(try_stream! {
            check_asked_status(request.response_status)?;
            for parameters in request.response_parameters {
                yield answer(parameters).await?;
            }
        })))
    }

    async fn full_duplex_call(
        &self,
        request: Request<Streaming<StreamingOutputCallRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let mut requests = request.into_inner();
        Ok(Response::new(Box::pin(try_stream! {
            while let Some(request) = requests.message().await? {
                check_asked_status(request.response_status)?;
                for parameters in request.response_parameters {
                    yield answer(parameters).await?;
                }
            }
        })))
    }

    async fn half_duplex_call(
        &self,
        request: Request<Streaming<StreamingOutputCallRequest>>,
    ) -> Result<Response<Answers>, Status> {
        let mut requests = request.into_inner();
        Ok(Response::new(Box::pin(try_stream! {
            let mut received = Vec::new();
            while let Some(request) = requests.message().await? {
                // The payloads are not kept: only what is asked for matters after the half-close.
                received.push((request.response_status, request.response_parameters));
            }
            for (asked, all_parameters) in received {
                check_asked_status(asked)?;
                for parameters in all_parameters {
                    yield answer(parameters).await?;
                }
            }
        })))
    }

    async fn unimplemented_call(&self, _: Request<Empty>) -> Result<Response<Empty>, Status> {
        Err(Status::unimplemented(
            "TestService has no UnimplementedCall.",
        ))
    }
}

/// A status asked for takes the place of the answers of its request, as in the servers of other languages.
fn check_asked_status(asked: Option<EchoStatus>) -> Result<(), Status> {
    match asked {
        Some(EchoStatus { code, message }) if code != Code::Ok as i32 => {
            Err(Status::new(Code::from(code), message))
        }
        _ => Ok(()),
    }
}

async fn answer(parameters: ResponseParameters) -> Result<StreamingOutputCallResponse, Status> {
    if let Ok(interval @ 1..) = u64::try_from(parameters.interval_us) {
        sleep(Duration::from_micros(interval)).await;
    }
    Ok(StreamingOutputCallResponse {
        payload: Some(zeros(parameters.size)?),
    })
}

fn zeros(size: i32) -> Result<Payload, Status> {
    let length = usize::try_from(size)
        .map_err(|_| Status::invalid_argument(format!("A payload cannot have {size} octets.")))?;
    if length > MAX_RESPONSE_SIZE {
        return Err(Status::resource_exhausted(format!(
            "A payload of {length} octets exceeds the limit of {MAX_RESPONSE_SIZE}."
        )));
    }
    Ok(Payload {
        r#type: PayloadType::Compressable.into(),
        body: vec![0; length],
    })
}
