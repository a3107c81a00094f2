//! The echo of metadata that the interop tests ask for. It is a layer because a tonic handler has no other way to send trailers with the status OK.

use http::{HeaderMap, HeaderName, HeaderValue, Request, Response};
use http_body_util::BodyExt;
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};
use tonic::{body::Body, server::NamedService};
use tower::Service;

const INITIAL: HeaderName = HeaderName::from_static("x-grpc-test-echo-initial");
const TRAILING: HeaderName = HeaderName::from_static("x-grpc-test-echo-trailing-bin");
const STATUS: HeaderName = HeaderName::from_static("grpc-status");

/// Copies `x-grpc-test-echo-initial` to the response's header and `x-grpc-test-echo-trailing-bin` to its trailers.
#[derive(Clone)]
pub struct Echo<S> {
    inner: S,
}

impl<S> Echo<S> {
    pub fn new(inner: S) -> Self {
        Self { inner }
    }
}

impl<S: NamedService> NamedService for Echo<S> {
    const NAME: &'static str = S::NAME;
}

impl<S> Service<Request<Body>> for Echo<S>
where
    S: Service<Request<Body>, Response = Response<Body>>,
    S::Future: Send + 'static,
{
    type Response = Response<Body>;
    type Error = S::Error;
    type Future = Pin<Box<dyn Future<Output = Result<Self::Response, Self::Error>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Self::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<Body>) -> Self::Future {
        let initial = values(request.headers(), &INITIAL);
        let trailing = values(request.headers(), &TRAILING);
        let response = self.inner.call(request);
        Box::pin(async move {
            let mut response = response.await?;
            append(response.headers_mut(), &INITIAL, &initial);
            if trailing.is_empty() {
                return Ok(response);
            }
            if response.headers().contains_key(STATUS) {
                // Trailers-Only: this header is the trailers.
                append(response.headers_mut(), &TRAILING, &trailing);
                return Ok(response);
            }
            Ok(response.map(|body| {
                Body::new(body.map_frame(move |mut frame| {
                    if let Some(trailers) = frame.trailers_mut() {
                        append(trailers, &TRAILING, &trailing);
                    }
                    frame
                }))
            }))
        })
    }
}

fn values(fields: &HeaderMap, name: &HeaderName) -> Vec<HeaderValue> {
    fields.get_all(name).iter().cloned().collect()
}

fn append(fields: &mut HeaderMap, name: &HeaderName, values: &[HeaderValue]) {
    for value in values {
        fields.append(name, value.clone());
    }
}
